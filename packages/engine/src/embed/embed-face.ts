import { EngineError } from "../engine-error.ts";
import type { Template } from "../inspection.ts";
import type { FivePoints } from "../landmarks.ts";
import { embedderIdOf, type ModelRow } from "../model-table.ts";
import type { Pixels } from "../picture.ts";
import type { Session } from "../session.ts";
import { ALIGNED_SIZE, alignFace, FACE_FRAMING, type Framing } from "./align-face.ts";

// Faces have norms of 2 to 5; what is nearly nothing has no direction but that of rounding.
const MIN_NORM = 1e-3;

/** A template, and whether the embedder took what it saw for a face. */
export interface Embedded {
  readonly template: Template;
  /** False: the face is upside down, covered or too blurred to say who it is. */
  readonly recognisable: boolean;
  /** L2 norm of what the embedder gave, before it was made 1. */
  readonly norm: number;
  /** Everything the embedder gave, in the order of its row; the heads of the checks read its inner tensors. */
  readonly outputs: readonly Float32Array[];
}

/** A face whose five points lie where the embedder expects them: RGB, row-major. */
export interface AlignedFace {
  /** {@link ALIGNED_SIZE} pixels a side, whatever size the embedder sees. */
  readonly aligned: Uint8Array;
  /** What the embedder is given. */
  readonly input: Uint8Array;
}

/** @throws {EngineError} `modelFailure` for points that no alignment follows from */
export async function cutForEmbedder(
  picture: Pixels,
  { points, row }: { points: FivePoints; row: ModelRow },
): Promise<AlignedFace> {
  const aligned = await alignFace(picture, points);
  const { width } = row.preprocessing;
  const input = width === ALIGNED_SIZE ? aligned : await alignFace(picture, points, { ...FACE_FRAMING, size: width });
  return { aligned, input };
}

// Eyes far down: the crop holds forehead, hair and what is worn on it, at the size at which the embedder knows faces.
// Chosen among thirteen on the development pictures (docs/heads.md).
const CROWN_FRAMING: Framing = { size: ALIGNED_SIZE, zoom: 1, eyes: { x: 56, y: 95 }, outside: 128 };

/** What the embedder is given in its second run: the upper head. It is of the size of the one that the heads know. */
export async function cutCrown(picture: Pixels, points: FivePoints): Promise<Uint8Array> {
  return await alignFace(picture, points, CROWN_FRAMING);
}

/** One face as numbers. @throws {EngineError} `modelFailure`, also for a vector without direction */
export async function embedFace(
  { input }: AlignedFace,
  face: { readonly session: Session; readonly row: ModelRow },
): Promise<Embedded> {
  const outputs = await face.session.run(input);
  const [output = new Float32Array(0)] = outputs;
  const template = { embedderId: embedderIdOf(face.row), vector: toUnitLength(output) };
  const norm = normOf(output);
  return { template, outputs, norm, recognisable: norm >= (face.row.minNorm ?? 0) };
}

/** The vector with L2 norm 1. @throws {EngineError} `modelFailure` when it has no direction */
export function toUnitLength(vector: Float32Array): Float32Array {
  const norm = normOf(vector);
  if (!(norm >= MIN_NORM && norm < Number.POSITIVE_INFINITY)) {
    throw new EngineError("modelFailure", "the embedder gave a vector without direction");
  }
  return vector.map((value) => value / norm);
}

function normOf(vector: Float32Array): number {
  return Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
}
