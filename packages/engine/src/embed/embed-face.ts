import { EngineError } from "../engine-error.ts";
import type { Template } from "../inspection.ts";
import type { FivePoints } from "../landmarks.ts";
import { embedderIdOf, type ModelRow } from "../model-table.ts";
import type { Pixels } from "../picture.ts";
import type { Session } from "../session.ts";
import { alignFace } from "./align-face.ts";

// Real faces have norms of 5 and more: what is nearly nothing says nothing about a person.
const MIN_NORM = 1e-3;

/** One face as numbers. @throws {EngineError} `modelFailure`, also for a vector without direction */
export async function embedFace(
  picture: Pixels,
  face: { readonly points: FivePoints; readonly session: Session; readonly row: ModelRow },
): Promise<Template> {
  const [output] = await face.session.run(await alignFace(picture, face.points));
  return { embedderId: embedderIdOf(face.row), vector: toUnitLength(output ?? new Float32Array(0)) };
}

/** The vector with L2 norm 1. @throws {EngineError} `modelFailure` when it has no direction */
export function toUnitLength(vector: Float32Array): Float32Array {
  const norm = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
  if (!(norm >= MIN_NORM && norm < Number.POSITIVE_INFINITY)) {
    throw new EngineError("modelFailure", "the embedder gave a vector without direction");
  }
  return vector.map((value) => value / norm);
}
