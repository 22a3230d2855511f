/** A measurement that was made, with the model that made it; or the reason why it was not. Never a number by default. */
export type Measurement<T> = { readonly value: T; readonly model: string } | { readonly unavailable: string };

/** Stable codes of what the engine found wrong with a picture or with itself. @see engine.md §1 */
export const PROBLEMS = [
  "empty",
  "too_large",
  "unsupported_format",
  "too_small",
  "too_many_pixels",
  "too_many_scans",
  "corrupt",
  "decode_timeout",
  "worker_crashed",
  "overloaded",
  "no_face",
  "multiple_faces",
  "face_too_small",
  "pose_out_of_range",
  "low_margin",
  "quality",
  "model_failure",
] as const;

/** One of {@link PROBLEMS}. */
export type Problem = (typeof PROBLEMS)[number];

/** A box in pixels of the upright picture, as the detector gave it: not squared, not clipped. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A point in pixels of the upright picture. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Facts about the bytes and the decoded picture. */
export interface ImageFacts {
  /** `null` when the magic bytes name none of the three. */
  readonly format: "jpeg" | "png" | "webp" | null;
  /** Pixels, upright (after the EXIF orientation); `null` when the header could not be read. */
  readonly width: number | null;
  readonly height: number | null;
  /** EXIF orientation 1…8 that was applied; 1 where none was given. */
  readonly orientation: number;
  /** Lower-case hex of the bytes as they came. */
  readonly sha256: string;
  readonly byteLength: number;
}

/** The chosen face. */
export interface PrimaryFace {
  readonly box: Box;
  /** 0…1 */
  readonly detectorScore: number;
  /** 68 points in the order of iBUG 300-W. */
  readonly landmarks: readonly Point[];
  /** Pixels of the upright picture between the two eye centres. */
  readonly interocularPx: number;
}

/**
 * Degrees, −99…99. Positive yaw: the face turns towards the picture's right; positive pitch: the chin is raised;
 * positive roll: the head is turned clockwise in the picture.
 */
export interface Pose {
  readonly yaw: number;
  readonly pitch: number;
  readonly roll: number;
}

/** What light and lens made of the face between brows and mouth. None of it refuses a picture: it becomes a hint. */
export interface Light {
  /** Mean luma, 0 black … 1 white. */
  readonly brightness: number;
  /** Share of the pixels that are black, and that are white: light which no longer shows a face; 0…1. */
  readonly darkShare: number;
  readonly brightShare: number;
  /**
   * Variance of the Laplacian ÷ variance of the luma at 112×112, 0…: how much of the contrast is fine detail. Divided,
   * so that a dark or flat face is not called blurred for it. Low: blurred, or far too small.
   */
  readonly sharpness: number;
}

/** What was seen of the picture's quality; every retry and shift is shown here. */
export interface Quality extends Light {
  /** The face was found only after the picture was extended (engine.md §5.2). */
  readonly retried: boolean;
  /** s of engine.md §5.7: liveness crop ÷ face box, at most 2.7; `low_margin` below the gate. */
  readonly livenessCropScale: number | null;
  /** Face box width ÷ picture width, 0… */
  readonly faceWidthFraction: number;
  /** Share of the face box that lies inside the picture, 0…1. */
  readonly insideShare: number;
  /** L2 norm of the embedder's output before it is made 1, 0…: how much of a face the embedder saw. Low: covered. */
  readonly embeddingNorm: number;
  /** Words a person can act on, for example "turn towards the camera". */
  readonly hints: readonly string[];
}

/** One face as numbers. A template is personal data. @see engine.md §1 */
export interface Template {
  /** First 16 hex digits of the model's sha256, a dash, the pre-processing id: `87aacdfe57510db2-arc112-bgr-1`. */
  readonly embedderId: string;
  /** L2 norm 1; 512 values of the embedder that ships. */
  readonly vector: Float32Array;
}

/** Probability of a live person, 0…1 (softmax[0]); `spoofConfidence` in the server is 1 − live. */
export interface Liveness {
  readonly live: number;
}

/** How closed each eye is, 0 open … 1 closed; left and right as seen in the picture. */
export interface Eyes {
  readonly left: number;
  readonly right: number;
}

/** One attribute: a probability, and whether it is over the head's own threshold. */
export interface Attribute {
  /** 0…1 */
  readonly probability: number;
  readonly present: boolean;
}

/** Names of the capture checks, in the order in which they are run. */
export const CHECK_NAMES = ["mask", "lenses", "headCover"] as const;
/** One of {@link CHECK_NAMES}. */
export type CheckName = (typeof CHECK_NAMES)[number];

/** Everything that was measured on one picture. */
export interface Inspection {
  readonly image: ImageFacts;
  /** Faces above the detector's threshold after suppression; `null` when no detection ran. */
  readonly faceCount: number | null;
  readonly primary: PrimaryFace | null;
  readonly pose: Measurement<Pose>;
  readonly quality: Quality | null;
  readonly template: Measurement<Template>;
  readonly liveness: Measurement<Liveness>;
  readonly eyes: Measurement<Eyes>;
  readonly checks: Readonly<Record<CheckName, Measurement<Attribute>>>;
  /** Empty: the picture can be judged. Ordered as found; the first decides. */
  readonly problems: readonly Problem[];
  /** Milliseconds per stage, as measured in the child; stages may overlap. `queue` and `total` by the parent. */
  readonly timings: Readonly<Record<string, number>>;
}

/** Cosine of two templates of one embedder, −1…1. */
export interface Comparison {
  readonly similarity: number;
}

/** What the engine is made of and what holds it in. */
export interface EngineInfo {
  readonly models: readonly {
    readonly role: string;
    readonly file: string;
    readonly sha256: string;
    readonly licence: string;
  }[];
  readonly embedderId: string;
  readonly runtime: { readonly name: "onnxruntime-node" | "onnxruntime-web"; readonly version: string };
  readonly isolation: { readonly network: "none" | "reachable"; readonly processes: number; readonly spare: number };
  readonly limits: {
    readonly maxBytes: number;
    readonly maxPixels: number;
    readonly minSide: number;
    readonly maxSide: number;
    readonly maxScans: number;
    readonly decodeTimeoutMs: number;
    readonly inspectTimeoutMs: number;
    readonly memoryBytes: number;
    readonly queue: number;
  };
}

/** What a picture is inspected for: enrolment asks for more pixels between the eyes. */
export interface InspectOptions {
  readonly purpose?: "match" | "enrol";
  /** Whether the eyes are measured, which takes two more model runs. Default: for enrolment only. */
  readonly eyes?: boolean;
  /** Whether a head cover is looked for, which takes one more run of the embedder. Default: yes. */
  readonly headCover?: boolean;
}

/** How busy an engine is. */
export interface EngineLoad {
  /** Pictures that wait for a child. */
  readonly queued: number;
  /** Children at a picture. */
  readonly working: number;
  /** Children that ended and were replaced, since the start. */
  readonly restarts: number;
}

/** The port that the server knows. */
export interface Engine {
  /** Measures one picture. Never throws for what it sees: that is in `problems`. */
  inspect(image: Uint8Array, options?: InspectOptions): Promise<Inspection>;
  describe(): EngineInfo;
  /** What it is at now. */
  load(): EngineLoad;
  /** Ends every child; resolves when none is left. */
  close(): Promise<void>;
}
