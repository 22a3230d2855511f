import type { OwnFailureName } from "@sameface/contract";
import type { CheckName, Inspection } from "@sameface/engine";
import type { Policy } from "../api/index.ts";
import { isRefused, PROBLEM_FAILURES, type RefusedProblem } from "../faces/problem-failures.ts";

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
  const [problem] = inspection.problems;
  if (problem !== undefined) return isRefused(problem) ? { unlooked: problem } : PROBLEM_FAILURES[problem];
  const { checks, liveness } = inspection;
  const blocking: readonly CheckName[] = [
    "mask",
    ...(policy.checks.lenses === "block" ? (["lenses"] as const) : []),
    ...(policy.checks.headCover === "block" ? (["headCover"] as const) : []),
  ];
  for (const name of blocking) {
    const measured = checks[name];
    if ("value" in measured) {
      if (measured.value.present) return name;
    } else if (measured.unavailable !== "notEvaluated") return "unpredicted";
  }
  if (!("value" in liveness)) return "unpredicted";
  // Written so that NaN is refused too.
  return liveness.value.live >= policy.liveness.threshold ? null : "spoof";
}
