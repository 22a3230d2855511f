import type { OwnFailureName } from "@sameface/contract";
import { type Attribute, CHECK_NAMES, type CheckName, type Inspection, type Measurement } from "@sameface/engine";
import type { Policy } from "../api/index.ts";
import { decidingProblem, isRefused, PROBLEM_FAILURES, type RefusedProblem } from "../faces/problem-failures.ts";

/** Why a picture is not enrolled: the failure that an authentication would have had, or what is worn. */
export type EnrolmentRefusal = OwnFailureName | "spoof" | CheckName;

/** What {@link enrolmentRefusal} answers when the engine did not look at the picture. */
export type Unlooked = { readonly unlooked: RefusedProblem };

/**
 * Enrolment needs one live, bare face: no mask, and nothing else that the policy blocks.
 * @returns `null`: the picture may be enrolled
 * @see interface.md, `PUT /v1/customers/{customerId}`
 */
export function enrolmentRefusal(inspection: Inspection, policy: Policy): EnrolmentRefusal | Unlooked | null {
  const { checks, liveness, problems } = inspection;
  const blocking = CHECK_NAMES.filter((name) => name === "mask" || policy.checks[name] === "block");
  const worn = blocking.find((name) => {
    const measured = checks[name];
    return "value" in measured && measured.value.present;
  });
  const problem = decidingProblem(problems, { covered: worn !== undefined });
  if (problem !== undefined) return isRefused(problem) ? { unlooked: problem } : PROBLEM_FAILURES[problem];
  if (worn !== undefined) return worn;
  if (blocking.some((name) => isFailed(checks[name]))) return "unpredicted";
  if (!("value" in liveness)) return "unpredicted";
  // Written so that NaN is refused too.
  return liveness.value.live >= policy.liveness.threshold ? null : "spoof";
}

/** Its model ran and gave nothing usable; where there is no model nothing was to be measured. */
function isFailed(measured: Measurement<Attribute>): boolean {
  return "unavailable" in measured && measured.unavailable !== "notEvaluated";
}
