/** How a picture becomes the numbers a model reads. @see engine.md §4 and §5 */
export interface Preprocessing {
  /** Goes into the ids of what the model makes; a change of any value below needs a new id. */
  readonly id: string;
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** Order of the planes. */
  readonly channels: "RGB" | "BGR" | "grey";
  /** value = (pixel − mean) ÷ std, pixel 0…255; one per plane, in the order of the planes. */
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

/** One model file: where it is, what it must be, what it reads and gives. */
export interface ModelRow {
  readonly file: string;
  readonly bytes: number;
  /** Lower-case hex. */
  readonly sha256: string;
  readonly licence: string;
  readonly input: string;
  /**
   * Output names in the order in which the decoder of the role reads them, each with its element count. `inner`: a
   * tensor inside the graph, which is made an output after the file's hash was checked.
   */
  readonly outputs: readonly { readonly name: string; readonly length: number; readonly inner?: true }[];
  readonly preprocessing: Preprocessing;
  /**
   * Whether the graph is changed in memory, after the file's hash was checked, so that the runtime can keep channels in
   * blocks: the same numbers but for rounding (2e-6 at most), and where it was measured to help up to half the time.
   */
  readonly fillBlocks?: true;
  /**
   * Embedder only: L2 norm of its output, before that is made 1, under which it did not recognise a face as one.
   * Left out: not judged.
   */
  readonly minNorm?: number;
  /** Liveness only: side of its crop ÷ side of the face box; default: 2.7. */
  readonly cropScale?: number;
  /** Liveness only: which of its outputs, from 0, is the live one; default: 0. */
  readonly liveIndex?: number;
}

/** What the engine needs a model for. */
export const MODEL_ROLES = ["detector", "landmarks", "embedder", "liveness", "pose", "eyes"] as const;
/** One of {@link MODEL_ROLES}. */
export type ModelRole = (typeof MODEL_ROLES)[number];

/** One row per role; an operator's own model replaces a whole row. */
export type ModelTable = Readonly<Record<ModelRole, ModelRow>>;

const LICENCE = "MIT as published; origin of the training data unknown";

/** The models that ship. Source: engine.md §4; names of inputs and outputs as in the files themselves. */
export const MODEL_TABLE = {
  detector: {
    file: "fr_detect.onnx",
    bytes: 1_217_758,
    sha256: "6c0256ccd3164f844736a401faf936ec2930764a87ae39442180887d0c5c8854",
    licence: LICENCE,
    input: "input",
    outputs: [
      { name: "scores", length: 4420 * 2 },
      { name: "boxes", length: 4420 * 4 },
    ],
    preprocessing: {
      id: "ultraface-320",
      width: 320,
      height: 240,
      channels: "RGB",
      mean: [127, 127, 127],
      std: [128, 128, 128],
    },
  },
  landmarks: {
    file: "fr_landmark.onnx",
    bytes: 1_163_742,
    sha256: "f10b0ba1d2a8a099adefede1ebf3733e44fe370715e7303dbeb7f59c02142258",
    licence: LICENCE,
    input: "input",
    outputs: [{ name: "output", length: 136 }],
    preprocessing: { id: "box64-grey", width: 64, height: 64, channels: "grey", mean: [0], std: [256] },
  },
  embedder: {
    file: "fr_feature.onnx",
    bytes: 4_884_269,
    sha256: "87aacdfe57510db2af90c0251df680e8eec88f122ee94712121d09bcaaaf3581",
    licence: LICENCE,
    input: "input",
    // The inner ones are what the heads of the capture checks read: 128 channels of 14×14 and of 7×7 (engine.md §8).
    outputs: [
      { name: "output", length: 512 },
      { name: "471", length: 128 * 14 * 14, inner: true },
      { name: "503", length: 128 * 7 * 7, inner: true },
    ],
    preprocessing: {
      // Of pictures averaged less before they are turned, too: templates of both kinds compare as well as those of the first
      // (docs/accuracy.md), so that nobody has to enrol again.
      id: "arc112-bgr-1",
      width: 112,
      height: 112,
      channels: "BGR",
      mean: [127, 127, 127],
      std: [128, 128, 128],
    },
    fillBlocks: true,
    // Of 122 development faces all reach 2.8; turned upside down, where the detector and the pose model notice nothing
    // and one pair in nine of different people reaches 0.55, 114 stay under 2.5.
    minNorm: 2.5,
  },
  liveness: {
    file: "fr_liveness.onnx",
    bytes: 1_886_811,
    sha256: "afa783b7e902fdfcf323a7240cac2a1c580c25314ea4161129dc1b0d100dc32d",
    licence: LICENCE,
    input: "input",
    // Logits: live, 2-D attack, 3-D attack.
    outputs: [{ name: "output", length: 3 }],
    preprocessing: {
      id: "crop27-bgr-raw",
      width: 128,
      height: 128,
      channels: "BGR",
      mean: [0, 0, 0],
      std: [1, 1, 1],
    },
    fillBlocks: true,
  },
  pose: {
    file: "fr_pose.onnx",
    bytes: 5_811_723,
    sha256: "72d032ec941b7153bf8d3f2c03a4c165453cc7e63d479041ec7c6ef087e5839d",
    licence: LICENCE,
    input: "input",
    // Yaw, pitch, roll: 66 bins of 3° each.
    outputs: [
      { name: "output", length: 66 },
      { name: "617", length: 66 },
      { name: "618", length: 66 },
      // Read by the head of head cover: 232 channels of 14×14.
      { name: "539", length: 232 * 14 * 14, inner: true },
    ],
    preprocessing: {
      id: "box150-imagenet",
      width: 224,
      height: 224,
      channels: "RGB",
      // ImageNet's mean and deviation, as fractions of 255.
      mean: [0.485 * 255, 0.456 * 255, 0.406 * 255],
      std: [0.229 * 255, 0.224 * 255, 0.225 * 255],
    },
    fillBlocks: true,
  },
  eyes: {
    file: "fr_eye.onnx",
    bytes: 207_130,
    sha256: "1afcea006abc1ccac3c517022abde0aa092bed74ff3c9fe6878483ef9e6e38de",
    licence: LICENCE,
    input: "input",
    // Logits: closed, open.
    outputs: [{ name: "output", length: 2 }],
    preprocessing: { id: "lids24-grey", width: 24, height: 24, channels: "grey", mean: [0], std: [255] },
  },
} as const satisfies ModelTable;

/** Where the files come from, and the integrity of the package as published. Its dependencies are never installed. */
export const MODEL_SOURCE = {
  package: "faceplugin-face-recognition-js",
  version: "0.0.1",
  integrity: "sha512-shriXjd4zJHEwhK1jHK+bWo8Vv6Vu9B/w6RRsd4AFtNM/jaI2vhuOamOSMl9qQmLd8WlQ7dgqN+3C2iOi5pXWw==",
  folder: "package/model/",
} as const;

/** Names what made a measurement: first 16 hex digits of the file's sha256, a dash, the pre-processing id. */
export function modelIdOf(row: ModelRow): string {
  return `${row.sha256.slice(0, 16)}-${row.preprocessing.id}`;
}

/** The id that templates carry: {@link modelIdOf} of the embedder's row. */
export function embedderIdOf(embedder: ModelRow): string {
  return modelIdOf(embedder);
}

/** {@link embedderIdOf} of the embedder that ships. */
export const EMBEDDER_ID: string = embedderIdOf(MODEL_TABLE.embedder);
