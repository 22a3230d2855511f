import type { Pose, Problem } from "../inspection.ts";

/** Bounds outside which a face is not judged. Plain numbers: they travel to the child processes. @see engine.md §5 */
export interface Gates {
  /** Degrees to either side. */
  readonly maxYaw: number;
  /** Degrees; frontal webcam faces read −7° in the median, hence the lopsided range. */
  readonly minPitch: number;
  readonly maxPitch: number;
  /** Degrees to either side. */
  readonly maxRoll: number;
  /**
   * Pixels between the eyes by purpose, counted after the picture was fitted into 960×960: those are the pixels that
   * the embedder gets, however large the original was.
   */
  readonly minInterocularPx: { readonly match: number; readonly enrol: number };
  /**
   * Smallest liveness crop ÷ face box. Of 42 development attacks cut this tight two reach 0.3, none uncut; of the live
   * frames cut tighter a third are taken for attacks. Chosen on those pictures.
   */
  readonly minLivenessCropScale: number;
}

/** The gates that hold where the operator names no other. */
export const DEFAULT_GATES: Gates = {
  maxYaw: 30,
  minPitch: -35,
  maxPitch: 25,
  maxRoll: 40,
  minInterocularPx: { match: 24, enrol: 40 },
  minLivenessCropScale: 1.35,
};

// engine.md §5.7: from here on the liveness model was right on every print; under it a person is told to move back.
const ADVISED_CROP_SCALE = 1.8;

const MOVE_BACK = "move back a little: the picture needs room around your head";

/** What the gates look at. */
export interface Gated {
  readonly ambiguous: boolean;
  /** In pixels of the fitted picture. */
  readonly interocularPx: number;
  readonly pose: Pose;
  readonly livenessCropScale: number;
  /** The embedder took what it saw for a face. */
  readonly recognisable: boolean;
}

/** What a gate found, and what a person can do about it. */
export interface Refusal {
  readonly problem: Problem;
  readonly hint: string;
}

/** Every gate that the face does not pass, in the order of the stages. */
export function refusalsOf(
  face: Gated,
  options: { readonly gates: Gates; readonly purpose: "match" | "enrol" },
): Refusal[] {
  const { gates, purpose } = options;
  const { yaw, pitch, roll } = face.pose;
  const rows: readonly (Refusal & { readonly passes: boolean })[] = [
    { problem: "multiple_faces", passes: !face.ambiguous, hint: "be alone in the picture" },
    {
      problem: "face_too_small",
      passes: face.interocularPx >= gates.minInterocularPx[purpose],
      hint: "come closer to the camera",
    },
    { problem: "pose_out_of_range", passes: Math.abs(yaw) <= gates.maxYaw, hint: "turn your face towards the camera" },
    { problem: "pose_out_of_range", passes: pitch >= gates.minPitch, hint: "raise your chin" },
    { problem: "pose_out_of_range", passes: pitch <= gates.maxPitch, hint: "lower your chin" },
    { problem: "pose_out_of_range", passes: Math.abs(roll) <= gates.maxRoll, hint: "hold your head upright" },
    {
      problem: "low_margin",
      passes: face.livenessCropScale >= gates.minLivenessCropScale,
      hint: MOVE_BACK,
    },
    {
      problem: "quality",
      passes: face.recognisable,
      hint: "hold the camera upright and show your whole face in good light",
    },
  ];
  return rows.filter((row) => !row.passes);
}

/** What a person can do for a better picture, of a face that is refused or only near it. */
export function hintsOf(face: Gated, refusals: readonly Refusal[]): readonly string[] {
  const hints = refusals.map((refusal) => refusal.hint);
  const tight = face.livenessCropScale < ADVISED_CROP_SCALE;
  return tight && !hints.includes(MOVE_BACK) ? [...hints, MOVE_BACK] : hints;
}
