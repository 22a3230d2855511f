import type { ProfileName } from "../store/records.ts";
import type { NextStep } from "../store/store.ts";
import { PROFILES } from "./profiles.ts";
import { readRetryAfter } from "./retry-after.ts";
import { nextStep } from "./schedule.ts";
import { failureReason, type SendResult } from "./send-result.ts";

/** What {@link judgeAttempt} looks at beside the result. */
export interface AttemptCircumstances {
  readonly profile: ProfileName;
  /** Retries made before this attempt, 0 for the first attempt. */
  readonly retriesDone: number;
  /** 0 ≤ x < 1 */
  readonly jitterFraction: number;
  /** Milliseconds since 1970; a `Retry-After` date is compared with it. */
  readonly nowMs: number;
  /** `SAMEFACE_RETRY_SCHEDULE`, in milliseconds: in place of the waits of `standard`; `null`: not set. */
  readonly standardWaitsMs: readonly number[] | null;
}

/** What becomes of a delivery after this result. Pure. */
export function judgeAttempt(result: SendResult, circumstances: AttemptCircumstances): NextStep {
  const { profile, retriesDone, jitterFraction, nowMs, standardWaitsMs } = circumstances;
  const replied = result.kind === "replied" ? result : null;
  return nextStep({
    profile: PROFILES[profile],
    retriesDone,
    reason: failureReason(result),
    status: replied?.status ?? null,
    retryAfterMs: readRetryAfter(replied?.retryAfter ?? null, { nowMs, jitterFraction }),
    jitterFraction,
    waitsOverrideMs: profile === "standard" ? standardWaitsMs : null,
  });
}
