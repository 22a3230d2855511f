import type { Attribute, Eyes, Light, Measurement, Pose, Problem } from "../inspection.ts";

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

const MOVE_BACK = "move back a little: the picture needs room around your head";
const TURN = "turn your face towards the camera";

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
    { problem: "pose_out_of_range", passes: Math.abs(yaw) <= gates.maxYaw, hint: TURN },
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

/** What a picture is advised on beside its gates; none of it refuses. */
export interface Advised extends Gated {
  readonly light: Light;
  /** Share of the face box inside the picture, 0…1. */
  readonly insideShare: number;
  readonly eyes: Measurement<Eyes>;
  readonly checks: { readonly mask: Measurement<Attribute> };
}

// Bounds of the advice, set so that none of the 122 development faces is told something that is not so: the darkest has
// a brightness of 0.16, the one with most black 0.21, the softest a sharpness of 0.029, and no bare webcam frame turns
// by more than 13°. Where more than a fifth is white there the face is overexposed indeed.
const DIM = 0.15;
const MOSTLY_BLACK = 0.3;
const PARTLY_WHITE = 0.2;
const BLURRED = 0.025;
const TURNED = 20;
const CUT_OFF = 0.9;
// The eye model takes lowered lids behind glasses for closed ones: it has to be sure of both eyes.
const SURELY_CLOSED = 0.95;
// engine.md §5.7: from here on the liveness model was right on every print; under it a person is told to move back.
const ADVISED_CROP_SCALE = 1.8;

/** What a person can do for a better picture, of a face that is refused or only near it; each said once. */
export function hintsOf(face: Advised, refusals: readonly Refusal[]): readonly string[] {
  const { light, eyes } = face;
  const rows: readonly { readonly applies: boolean; readonly hint: string }[] = [
    { applies: face.livenessCropScale < ADVISED_CROP_SCALE, hint: MOVE_BACK },
    { applies: face.insideShare < CUT_OFF, hint: "move into the picture: a part of your face is cut off" },
    { applies: Math.abs(face.pose.yaw) > TURNED, hint: TURN },
    { applies: light.brightness < DIM || light.darkShare > MOSTLY_BLACK, hint: "more light on your face" },
    { applies: light.brightShare > PARTLY_WHITE, hint: "less light on your face: it is overexposed" },
    { applies: light.sharpness < BLURRED, hint: "hold still, and wipe the lens: the picture is blurred" },
    {
      applies: "value" in eyes && Math.min(eyes.value.left, eyes.value.right) >= SURELY_CLOSED,
      hint: "open your eyes",
    },
    {
      applies: "value" in face.checks.mask && face.checks.mask.value.present,
      hint: "uncover your mouth and nose",
    },
  ];
  const advice = rows.filter((row) => row.applies).map((row) => row.hint);
  return [...new Set([...refusals.map((refusal) => refusal.hint), ...advice])];
}
