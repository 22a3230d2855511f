import type { Schemas } from "@sameface/contract/client";
import { Badge } from "../kit/badge.tsx";

/** What bars a customer, or that nothing does. */
export function CustomerBadges({ customer }: { readonly customer: Schemas["CustomerView"] }) {
  const { block, lock, needsEnrolment } = customer;
  const open = block === null && lock.state === "open" && !needsEnrolment;
  return (
    <span className="row">
      {open ? <Badge tone="good">Ready</Badge> : null}
      {block === null ? null : <Badge tone="bad">Blocked</Badge>}
      {lock.state === "stopped" ? <Badge tone="bad">Locked</Badge> : null}
      {lock.state === "waiting" ? <Badge tone="warn">Waits</Badge> : null}
      {needsEnrolment ? <Badge tone="warn">Enrol again</Badge> : null}
    </span>
  );
}
