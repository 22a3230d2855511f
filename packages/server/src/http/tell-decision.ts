import type { AuthenticationResult } from "../authentication/authenticate.ts";
import type { Metrics } from "../metrics/create-metrics.ts";
import type { Log } from "./log.ts";

/** One line for each decision, without a score; one that must wake somebody when nothing could be decided (F36). */
export function tellDecision(
  { log, metrics }: { readonly log: Log; readonly metrics: Pick<Metrics, "decided"> },
  told: {
    readonly result: AuthenticationResult;
    /** `null`: a capture decided, no caller asked. */
    readonly requestId: string | null;
    readonly ms: number;
  },
): void {
  const { result, requestId, ms } = told;
  if (result.kind !== "decided") return;
  const { outcome, reason } = result;
  metrics.decided({ outcome: outcome.kind, reason, ms });
  const fields = { requestId, outcome: outcome.kind, reason };
  if (outcome.kind === "error" && outcome.failure === "unpredicted")
    log.error("an attempt could not be decided", fields);
  else log.info("decided", fields);
}
