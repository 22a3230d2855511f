import { Compile } from "typebox/compile";
import { DEFAULT_POLICY, MATCH_THRESHOLDS, Policy, type PolicyBody } from "../api/index.ts";
import { ServerError } from "../server-error.ts";
import type { LockLimits } from "../store/lock-state.ts";
import type { Store } from "../store/store.ts";

const POLICY = Compile(Policy);

/** What a body of PUT comes to: what it leaves out stays, so that tuning one number never drops a step-up unseen. */
export function changePolicy(present: Policy, body: PolicyBody): Policy {
  return {
    thresholds: { ...present.thresholds, ...body.thresholds },
    checks: { ...present.checks, ...body.checks },
    liveness: { ...present.liveness, ...body.liveness },
    secondFactor: body.secondFactor ?? present.secondFactor,
    lockout: { ...present.lockout, ...body.lockout },
    capture: { ...present.capture, ...body.capture },
    replayedPictures: body.replayedPictures ?? present.replayedPictures,
    retention: { ...present.retention, ...body.retention },
  };
}

/**
 * The tenant's policy; the default where it never set one.
 * @throws {ServerError} `policyUnreadable`: what is stored is no policy; nobody passes by a guess
 */
export async function readTenantPolicy(store: Pick<Store, "readPolicy">, tenantId: string): Promise<Policy> {
  const text = await store.readPolicy({ tenantId });
  if (text === null) return DEFAULT_POLICY;
  const stored: unknown = JSON.parse(text);
  // A key that came with a later version has its default until the tenant decides.
  const value: unknown = typeof stored === "object" ? { ...DEFAULT_POLICY, ...stored } : stored;
  if (!POLICY.Check(value)) throw new ServerError("policyUnreadable", "the stored policy does not fit its schema");
  return value;
}

/** How long pictures of attempts are kept; 0: they are not. @see docs/adr/0011-what-is-never-stored-or-logged.md */
export function keepPicturesMs({ retention }: Policy): number {
  return retention.pictureDays * 86_400_000;
}

/** From which failures on an attempt is barred. @see reliability.md T7 */
export function lockLimitsOf({ lockout }: Policy): LockLimits {
  const { waitAfterFailures, waitSeconds, stopAfterFailures } = lockout;
  return { waitAfterFailures, waitMs: waitSeconds * 1_000, stopAfterFailures };
}

/** The cosine that a policy asks for. @see engine.md §6 */
export function matchThresholdOf(policy: Policy): number {
  const { match } = policy.thresholds;
  return typeof match === "number" ? match : MATCH_THRESHOLDS[match];
}
