import { FOR_LISTENER } from "../records.ts";
import type { NextStep } from "../store.ts";
import type { WriteView } from "./backend.ts";
import { recordOperatorEvent } from "./operator-events.ts";
import type { DeliveryRow, EndpointRow } from "./tables.ts";

/** A run of failures is told when it is this long and lasts: a burst that meets one restart is none, nor is a flap. */
const FAILING = { failures: 3, ms: 60_000 } as const;

/** What the result of an attempt tells operators. @param seen.endpoint as it was before this result */
export async function tellOperators(
  view: WriteView,
  row: DeliveryRow,
  seen: {
    readonly next: NextStep;
    readonly endpoint: Pick<
      EndpointRow,
      "disabled_reason" | "failing_since_ms" | "consecutive_failures" | "operator" | "failing_told_at_ms"
    >;
  },
): Promise<void> {
  const { next, endpoint } = seen;
  // A receiver under development fails before its developer's eyes.
  if (endpoint.disabled_reason === FOR_LISTENER) return;
  if (next.kind === "delivered") {
    if (endpoint.failing_told_at_ms !== null) await tellRecovered(view, row);
    return;
  }
  // A dead operator event is listed as such; to tell it as a further event would never end.
  if (next.kind === "dead" && row.test === 0 && endpoint.operator === null) await tellDead(view, row, next.reason);
  if (next.kind === "hold" || endpoint.failing_told_at_ms !== null) return;
  const sinceMs = endpoint.failing_since_ms ?? view.nowMs;
  const consecutiveFailures = endpoint.consecutive_failures + 1;
  if (consecutiveFailures < FAILING.failures || view.nowMs - sinceMs < FAILING.ms) return;
  await tellFailing(view, row, {
    reason: next.reason,
    failingSince: new Date(sinceMs).toISOString(),
    consecutiveFailures,
  });
}

async function tellDead(view: WriteView, row: DeliveryRow, reason: string): Promise<void> {
  const event = await view.db
    .selectFrom("events")
    .select("subject")
    .where("tenant_id", "=", row.tenant_id)
    .where("event_id", "=", row.event_id)
    .executeTakeFirst();
  await recordOperatorEvent(view, {
    tenantId: row.tenant_id,
    type: "delivery.dead",
    // It names an event of the customer: an erasure takes it too (I9).
    subject: event?.subject ?? null,
    data: {
      deliveryId: row.delivery_id,
      eventId: row.event_id,
      endpointId: row.endpoint_id,
      reason,
      attempts: row.attempts,
    },
  });
}

async function tellFailing(
  view: WriteView,
  row: DeliveryRow,
  facts: { readonly reason: string; readonly failingSince: string; readonly consecutiveFailures: number },
): Promise<void> {
  if (!(await setTold(view, row, view.nowMs))) return;
  const data = { endpointId: row.endpoint_id, ...facts };
  await recordOperatorEvent(view, { tenantId: row.tenant_id, type: "endpoint.failing", data });
}

async function tellRecovered(view: WriteView, row: DeliveryRow): Promise<void> {
  if (!(await setTold(view, row, null))) return;
  const data = { endpointId: row.endpoint_id };
  await recordOperatorEvent(view, { tenantId: row.tenant_id, type: "endpoint.recovered", data });
}

/** False: another result, on this node or another, was quicker to tell the same. */
async function setTold(view: WriteView, row: DeliveryRow, atMs: number | null): Promise<boolean> {
  const changed = await view.db
    .updateTable("endpoints")
    .set({ failing_told_at_ms: atMs })
    .where("tenant_id", "=", row.tenant_id)
    .where("endpoint_id", "=", row.endpoint_id)
    .where("failing_told_at_ms", atMs === null ? "is not" : "is", null)
    .returning("endpoint_id")
    .executeTakeFirst();
  return changed !== undefined;
}
