import { EngineError } from "../engine-error.ts";
import type { Box } from "../inspection.ts";
import type { ModelRow } from "../model-table.ts";
import { extendEdges, type Pixels, stretch } from "../picture.ts";
import type { Session } from "../session.ts";
import { suppressOverlaps } from "./suppress-overlaps.ts";

/** A face as the detector saw it; the box in pixels of the picture that was given, and possibly outside it. */
export interface FoundFace {
  readonly box: Box;
  /** 0…1 */
  readonly score: number;
}

/** What detection gave, and the pixels to cut crops from. */
export interface Found {
  readonly faces: readonly FoundFace[];
  /** The faces were found (or not even then) only after the picture had been extended. */
  readonly retried: boolean;
  /** The picture, or after a retry the extended one. */
  readonly canvas: Pixels;
  /** Where the picture's first pixel lies on the canvas. */
  readonly offset: { readonly x: number; readonly y: number };
}

// engine.md §5.1 and §5.2: the second pass sees faces that fill the picture, at a lower score.
const SCORE = 0.5;
const RETRY_SCORE = 0.4;
const RETRY_MARGIN = 0.35;

/** Finds faces, and once more in the extended picture when there was none. */
export async function findFaces(
  picture: Pixels,
  model: { readonly session: Session; readonly row: ModelRow },
): Promise<Found> {
  const first = await detect(picture, { ...model, threshold: SCORE });
  if (first.length > 0) return { faces: first, retried: false, canvas: picture, offset: { x: 0, y: 0 } };
  const offset = { x: Math.round(picture.width * RETRY_MARGIN), y: Math.round(picture.height * RETRY_MARGIN) };
  const canvas = await extendEdges(picture, offset);
  const second = await detect(canvas, { ...model, threshold: RETRY_SCORE });
  const faces = second.map(({ box, score }) => ({ score, box: { ...box, x: box.x - offset.x, y: box.y - offset.y } }));
  return { faces, retried: true, canvas, offset };
}

async function detect(
  canvas: Pixels,
  model: { readonly session: Session; readonly row: ModelRow; readonly threshold: number },
): Promise<readonly FoundFace[]> {
  const { width, height } = model.row.preprocessing;
  const whole = { left: 0, top: 0, width: canvas.width, height: canvas.height };
  const [scores, boxes] = await model.session.run(await stretch(canvas, { rect: whole, width, height }));
  if (scores === undefined || boxes === undefined) throw badDetector();
  return suppressOverlaps(decodeFaces({ scores, boxes, threshold: model.threshold, canvas }));
}

/** UltraFace's outputs: pairs (background, face), and corners as fractions of the picture. */
export function decodeFaces(output: {
  readonly scores: Float32Array;
  readonly boxes: Float32Array;
  readonly threshold: number;
  readonly canvas: { readonly width: number; readonly height: number };
}): FoundFace[] {
  const { scores, boxes, threshold, canvas } = output;
  const faces: FoundFace[] = [];
  for (let i = 0; i * 2 + 1 < scores.length; i += 1) {
    const score = scores[i * 2 + 1] ?? Number.NaN;
    if (!(score >= 0 && score <= 1)) throw badDetector();
    if (score <= threshold) continue;
    const [left = Number.NaN, top = Number.NaN, right = Number.NaN, bottom = Number.NaN] = boxes.subarray(i * 4);
    // A box without area, or that is mostly elsewhere, is not a face that was seen.
    if (!(right > left && bottom > top && left < 1 && top < 1 && right > 0 && bottom > 0)) throw badDetector();
    if (right - left > 4 || bottom - top > 4) throw badDetector();
    faces.push({
      score,
      box: {
        x: left * canvas.width,
        y: top * canvas.height,
        width: (right - left) * canvas.width,
        height: (bottom - top) * canvas.height,
      },
    });
  }
  return faces;
}

function badDetector(): EngineError {
  return new EngineError("modelFailure", "the detector gave a score outside 0…1 or an impossible box");
}
