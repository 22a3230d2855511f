import type { Schemas } from "@sameface/contract/client";
import { CHECKS } from "./findings.ts";

/** Why an attempt came out as it did, in a few words; empty where the outcome says it all. */
export function whyOf({
  errorCode,
  reason,
  checks,
  outcome,
}: Pick<Schemas["AuthenticationView"], "errorCode" | "reason" | "checks" | "outcome">): string {
  const worn =
    outcome === "declined"
      ? Object.entries(checks ?? {}).flatMap(([name, state]) =>
          state === true ? [CHECKS[name as keyof typeof CHECKS]] : [],
        )
      : [];
  const parts = [errorCode === null ? null : String(errorCode), reason, ...worn];
  return parts.filter((part) => part !== null).join(" · ");
}
