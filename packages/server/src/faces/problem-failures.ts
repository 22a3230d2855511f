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
