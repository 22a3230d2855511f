import { EngineError } from "../engine-error.ts";
import type { Box, Liveness } from "../inspection.ts";
import type { ModelRow } from "../model-table.ts";
import { type Pixels, type Rect, stretch } from "../picture.ts";
import type { Session } from "../session.ts";
import { softmax } from "../softmax.ts";

// engine.md §5.7: the crop that the model which ships was trained on is 2.7 times the face box.
const WANTED_SCALE = 2.7;
// Which of the shipped model's outputs is the live one.
const LIVE_INDEX = 0;

/** The crop of the liveness model. */
export interface LivenessCrop {
  readonly rect: Rect;
  /** Crop ÷ face box, at most what was wanted; less where the picture has no room. */
  readonly scale: number;
}

/** The crop about a face: as large as the picture allows, shifted inside it rather than cut off. */
export function livenessCrop(picture: Pixels, box: Box, wantedScale: number = WANTED_SCALE): LivenessCrop {
  const scale = Math.min(wantedScale, (picture.height - 1) / box.height, (picture.width - 1) / box.width);
  const x = shiftInside({ centre: box.x + box.width / 2, length: box.width * scale, last: picture.width - 1 });
  const y = shiftInside({ centre: box.y + box.height / 2, length: box.height * scale, last: picture.height - 1 });
  return { scale, rect: { left: x.first, top: y.first, width: x.count, height: y.count } };
}

function shiftInside(span: { centre: number; length: number; last: number }): { first: number; count: number } {
  const start = Math.min(Math.max(0, span.centre - span.length / 2), span.last - span.length);
  const first = Math.max(0, Math.floor(start));
  return { first, count: Math.min(span.last, Math.floor(start + span.length)) - first + 1 };
}

/** What the liveness model is given: always of the picture as it came, never of an extended one. */
export async function cutForLiveness(picture: Pixels, face: { rect: Rect; row: ModelRow }): Promise<Uint8Array> {
  const { width, height } = face.row.preprocessing;
  return await stretch(picture, { rect: face.rect, width, height });
}

/** Probability of a live person. @throws {EngineError} `modelFailure` */
export async function measureLiveness(
  crop: Uint8Array,
  face: { readonly session: Session; readonly row: ModelRow },
): Promise<Liveness> {
  const [logits] = await face.session.run(crop);
  const live = softmax(logits ?? new Float32Array(0))[face.row.liveIndex ?? LIVE_INDEX];
  if (live === undefined || !(live >= 0 && live <= 1)) {
    throw new EngineError("modelFailure", "the liveness model gave no probability");
  }
  return { live };
}
