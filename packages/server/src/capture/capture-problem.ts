import type { Inspection, Problem } from "@sameface/engine";
import type { Policy } from "../api/index.ts";

/**
 * What keeps a frame from being a good picture, in words that the page has texts for. It follows from the frame alone,
 * whoever the customer is, so telling it tells nothing (S12).
 */
export const CAPTURE_PROBLEMS = [
  "noFace",
  "moreThanOneFace",
  "comeCloser",
  "moveBack",
  "lookStraight",
  "unclear",
  "moreLight",
  "lessLight",
  "blurred",
  "cutOff",
  "openEyes",
  "mask",
  "lenses",
  "headCover",
  "notUsable",
] as const;
/** One of {@link CAPTURE_PROBLEMS}. */
export type CaptureProblem = (typeof CAPTURE_PROBLEMS)[number];

const OF_PROBLEM: Readonly<Record<Problem, CaptureProblem>> = {
  no_face: "noFace",
  multiple_faces: "moreThanOneFace",
  face_too_small: "comeCloser",
  pose_out_of_range: "lookStraight",
  low_margin: "moveBack",
  quality: "unclear",
  empty: "notUsable",
  too_large: "notUsable",
  unsupported_format: "notUsable",
  too_small: "notUsable",
  too_many_pixels: "notUsable",
  too_many_scans: "notUsable",
  corrupt: "notUsable",
  decode_timeout: "notUsable",
  worker_crashed: "notUsable",
  overloaded: "notUsable",
  model_failure: "notUsable",
};

// The bounds of the engine's own hints (gates.ts), which are words for people and no codes.
const DIM = 0.15;
const PARTLY_WHITE = 0.2;
const BLURRED = 0.025;
const CUT_OFF = 0.9;
const SURELY_CLOSED = 0.95;

/** What is wrong with a frame, the most important first; `null`: it is a good picture. */
export function captureProblem(inspection: Inspection, policy: Policy): CaptureProblem | null {
  const { quality, eyes, problems } = inspection;
  const worn = wornOf(inspection, policy);
  const [problem] = problems;
  // A covered face is hard to read: what covers it is the thing to say.
  if (worn !== null && problem !== "no_face" && problem !== "multiple_faces") return worn;
  if (problem !== undefined) return OF_PROBLEM[problem];
  if (quality === null) return "notUsable";
  if (quality.insideShare < CUT_OFF) return "cutOff";
  if (quality.brightness < DIM) return "moreLight";
  if (quality.brightShare > PARTLY_WHITE) return "lessLight";
  if (quality.sharpness < BLURRED) return "blurred";
  const closed = "value" in eyes && Math.min(eyes.value.left, eyes.value.right) >= SURELY_CLOSED;
  return closed ? "openEyes" : null;
}

function wornOf({ checks }: Inspection, policy: Policy): CaptureProblem | null {
  const present = (name: keyof typeof checks): boolean => {
    const measured = checks[name];
    return "value" in measured && measured.value.present;
  };
  if (present("mask")) return "mask";
  if (policy.checks.lenses === "block" && present("lenses")) return "lenses";
  return policy.checks.headCover === "block" && present("headCover") ? "headCover" : null;
}
