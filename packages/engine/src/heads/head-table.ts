import type { CheckName } from "../inspection.ts";
import { MODEL_TABLE, modelIdOf } from "../model-table.ts";

/** A model that heads read. */
export type HeadRole = "embedder" | "pose";

/**
 * The runs that heads read, and the model of each: `embedder` and `pose` are made of every face, `crown` (the embedder
 * on a crop of forehead and hair) only where a head cover is looked for.
 */
export const ROLE_OF_RUN = { embedder: "embedder", pose: "pose", crown: "embedder" } as const satisfies Readonly<
  Record<string, HeadRole>
>;

/** A part of what a head reads: an inner tensor of a model's run, averaged over squares. */
export interface HeadInput {
  readonly run: keyof typeof ROLE_OF_RUN;
  /** {@link modelIdOf} of the model that the head was trained on; of another one its tensors mean nothing. */
  readonly modelId: string;
  /** Name of the tensor, as the model's row exposes it. */
  readonly tensor: string;
  readonly channels: number;
  readonly side: number;
  /** Averaged over squares of this side, which divides `side`. */
  readonly pool: number;
}

/** One head: a weighted sum over inner tensors. Trained on drawn faces alone. @see engine.md §8 */
export interface HeadRow {
  readonly file: string;
  readonly bytes: number;
  /** Lower-case hex. */
  readonly sha256: string;
  readonly licence: string;
  readonly inputs: readonly HeadInput[];
  /** Sum from which the thing is there; fixed on the development photographs, which never train a weight. */
  readonly threshold: number;
}

const LICENCE = "MIT; trained by `npm run train-attributes` on faces drawn by code, no photograph";

const embedderId = modelIdOf(MODEL_TABLE.embedder);
const FACE_14: HeadInput = { run: "embedder", modelId: embedderId, tensor: "471", channels: 128, side: 14, pool: 2 };
const FACE_7: HeadInput = { run: "embedder", modelId: embedderId, tensor: "503", channels: 128, side: 7, pool: 1 };
const CROWN_7: HeadInput = { ...FACE_7, run: "crown" };
// The crop of the pose model takes in hair and what is worn on it.
const POSE_ID = modelIdOf(MODEL_TABLE.pose);
const HEAD_14: HeadInput = { run: "pose", modelId: POSE_ID, tensor: "539", channels: 232, side: 14, pool: 2 };

/** The head of every check. Figures, limits and what was tried: docs/heads.md. */
export const HEAD_TABLE = {
  mask: {
    file: "mask.f32",
    bytes: 70_564,
    sha256: "573349686012402325b36cd02a99736f2737001597ab1f93a23f5cc9ec76e67c",
    licence: LICENCE,
    inputs: [FACE_14, HEAD_14],
    threshold: 0.92,
  },
  lenses: {
    file: "lenses.f32",
    bytes: 50_180,
    sha256: "df1f2ae4a6cc764bcded029f0490e31cd280634eb617c3a9a53e948ab86d84db",
    licence: LICENCE,
    inputs: [FACE_14, FACE_7],
    threshold: 0.45,
  },
  headCover: {
    file: "head-cover.f32",
    bytes: 70_564,
    sha256: "6a799f25cf0acdba0e2095b574f1e57940b1c4dd7de1dfbeeb0f21e4f33eaf25",
    licence: LICENCE,
    inputs: [CROWN_7, HEAD_14],
    threshold: 1.4,
  },
} as const satisfies Record<CheckName, HeadRow>;

/** Names what made a measurement: first 16 hex digits of the weights' sha256, a dash, the tensors that were read. */
export function headIdOf(row: HeadRow): string {
  return `${row.sha256.slice(0, 16)}-${row.inputs.map(({ run, tensor }) => `${run}${tensor}`).join("-")}`;
}
