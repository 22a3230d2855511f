import type { OwnFailureName } from "@sameface/contract";
import type { Problem } from "@sameface/engine";

/** Problems that are answered to the caller and decide nothing: no event is made of them (contract.md §4). */
export const REFUSED_PROBLEMS = ["empty", "too_large", "overloaded"] as const satisfies readonly Problem[];

/** One of {@link REFUSED_PROBLEMS}. */
export type RefusedProblem = (typeof REFUSED_PROBLEMS)[number];

/** The problems that make an outcome. */
export type JudgedProblem = Exclude<Problem, RefusedProblem>;

/** Engine problem → failure. @see contract.md §4 */
export const PROBLEM_FAILURES: Readonly<Record<JudgedProblem, OwnFailureName>> = {
  no_face: "faceNotFound",
  multiple_faces: "moreThanOneFace",
  unsupported_format: "imageNotUsable",
  corrupt: "imageNotUsable",
  too_small: "imageNotUsable",
  too_many_pixels: "imageNotUsable",
  too_many_scans: "imageNotUsable",
  decode_timeout: "imageNotUsable",
  worker_crashed: "imageNotUsable",
  face_too_small: "faceUnclear",
  pose_out_of_range: "faceUnclear",
  low_margin: "faceUnclear",
  quality: "faceUnclear",
  model_failure: "unpredicted",
};

/** Whether a problem is refused rather than judged. */
export function isRefused(problem: Problem): problem is RefusedProblem {
  const refused: readonly Problem[] = REFUSED_PROBLEMS;
  return refused.includes(problem);
}

// A covered face is hard to recognise, and its margin matters to liveness alone, which is asked later (contract.md §3).
const EXPLAINED: readonly Problem[] = ["quality", "low_margin"];

/**
 * The first problem that decides.
 * @param covered something is worn that the policy blocks: what that explains is no reason of its own, or a mask would
 * be told as an unclear face
 */
export function decidingProblem<P extends Problem>(
  problems: readonly P[],
  { covered }: { readonly covered: boolean },
): P | undefined {
  return problems.find((problem) => !(covered && EXPLAINED.includes(problem)));
}
