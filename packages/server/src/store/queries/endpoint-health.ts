import type { AtMs } from "../records.ts";
import type { EndpointRow } from "./tables.ts";

/** What the results of attempts have made of an endpoint. */
export type EndpointHealth = Pick<
  EndpointRow,
  "failing_since_ms" | "consecutive_failures" | "slowed_until_ms" | "ramp"
>;

const HOUR_MS = 3_600_000;
/** Failures only, for so long and so many: counts alone disable an endpoint in a short outage (reliability.md T10). */
const DISABLE_AFTER_MS = 120 * HOUR_MS;
const DISABLE_FAILURES = 10;
/** So many failures in a row are an outage: one request at a time asks whether it is over. */
const OUTAGE_FAILURES = 3;
/** From 1 each success doubles what may be in flight; from here on the bound of every endpoint holds alone. */
const RAMP_END = 16;

/** What a success changes; `null`: nothing to write, which is how most deliveries end. */
export function afterSuccess(health: EndpointHealth): Partial<EndpointHealth> | null {
  const { ramp } = health;
  if (health.failing_since_ms === null && health.consecutive_failures === 0 && ramp === null) return null;
  const next = ramp === null || ramp * 2 >= RAMP_END ? null : ramp * 2;
  return { failing_since_ms: null, consecutive_failures: 0, ramp: next };
}

/**
 * What a failure changes, and whether the endpoint is to be disabled for it.
 * @param seen.slowMs how long nothing is claimed for it, as its reply asked; absent: its reply did not
 */
export function afterFailure(
  health: EndpointHealth,
  seen: { readonly slowMs: number | undefined; readonly nowMs: AtMs },
): { readonly change: Partial<EndpointHealth>; readonly disable: "failing" | null } {
  const { slowMs, nowMs } = seen;
  const since = health.failing_since_ms ?? nowMs;
  const failures = health.consecutive_failures + 1;
  const slowed =
    slowMs === undefined ? {} : { slowed_until_ms: Math.max(health.slowed_until_ms ?? 0, nowMs + Math.ceil(slowMs)) };
  const change = {
    failing_since_ms: since,
    consecutive_failures: failures,
    ...slowed,
    ...(slowMs !== undefined || failures >= OUTAGE_FAILURES ? { ramp: 1 } : {}),
  };
  const lost = nowMs - since >= DISABLE_AFTER_MS && failures >= DISABLE_FAILURES;
  return { change, disable: lost ? "failing" : null };
}
