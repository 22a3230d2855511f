import type { NextStep } from "../store/store.ts";
import type { Profile } from "./profiles.ts";

/** What {@link nextStep} looks at. */
export interface Attempted {
  readonly profile: Profile;
  /** Retries made before this attempt, 0 for the first attempt. */
  readonly retriesDone: number;
  /** Why the attempt failed; `null`: it was acknowledged. */
  readonly reason: string | null;
  /** Status of the reply; `null`: there was none. */
  readonly status: number | null;
  /** The wait that the receiver asked for, with its jitter and clamped; `null`: none. */
  readonly retryAfterMs: number | null;
  /** 0 ≤ x < 1: where inside the jitter the wait of the schedule falls. */
  readonly jitterFraction: number;
  /** Waits in place of the profile's, without jitter; `null`: the profile's own. */
  readonly waitsOverrideMs: readonly number[] | null;
}

const GONE = 410;
// Statuses that speak of the endpoint's state and not of this event (contract.md §6).
const OVERLOADED: readonly number[] = [429, 502, 504];
// As long as the first wait of `standard`: what fails so is asked again no sooner by another event.
const SLOWED_MS = 5_000;

/**
 * What becomes of a delivery after an attempt. Pure.
 * @see reliability.md T8, T11, F1–F4
 */
export function nextStep(attempted: Attempted): NextStep {
  const { reason, status, retryAfterMs } = attempted;
  if (reason === null) return { kind: "delivered" };
  if (status === GONE) return { kind: "hold", reason: "gone" };
  const waitMs = scheduledWaitMs(attempted);
  if (waitMs === null) return { kind: "dead", reason: "retriesExhausted" };
  const retry = { kind: "retry", afterMs: retryAfterMs ?? waitMs, reason } as const;
  if (status === null || !OVERLOADED.includes(status)) return retry;
  return { ...retry, slowEndpointMs: retryAfterMs ?? SLOWED_MS };
}

/** The wait before the next retry by the schedule, milliseconds; `null`: there is none left. */
function scheduledWaitMs({ profile, retriesDone, jitterFraction, waitsOverrideMs }: Attempted): number | null {
  const waitMs = (waitsOverrideMs ?? profile.waitsMs)[retriesDone];
  if (waitMs === undefined) return null;
  const jitter = waitsOverrideMs === null ? profile.jitter : 0;
  return Math.round(waitMs * (1 - jitter + 2 * jitter * jitterFraction));
}
