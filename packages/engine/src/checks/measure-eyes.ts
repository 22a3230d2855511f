import { EngineError } from "../engine-error.ts";
import type { Eyes, Point } from "../inspection.ts";
import { distance } from "../landmarks.ts";
import { luma } from "../luma.ts";
import type { ModelRow } from "../model-table.ts";
import { type Pixels, type Rect, stretch } from "../picture.ts";
import type { Session } from "../session.ts";
import { softmax } from "../softmax.ts";

// engine.md §10: a square of 1.6 times the eye's width, about the mean of the four lid points.
const CROP = 1.6;

/** Corners and lids of an eye among the 68 points; left as seen in the picture. */
export const LEFT_EYE = { corners: [36, 39], lids: [37, 38, 40, 41] } as const;
/** The other one, see {@link LEFT_EYE}. */
export const RIGHT_EYE = { corners: [42, 45], lids: [43, 44, 46, 47] } as const;

/** How closed each eye is. @throws {EngineError} `modelFailure` */
export async function measureEyes(
  canvas: Pixels,
  face: { readonly landmarks: readonly Point[]; readonly session: Session; readonly row: ModelRow },
): Promise<Eyes> {
  const left = await closedOf(canvas, { ...face, rect: eyeRect(face.landmarks, LEFT_EYE) });
  const right = await closedOf(canvas, { ...face, rect: eyeRect(face.landmarks, RIGHT_EYE) });
  return { left, right };
}

/** The square about an eye, in whole pixels. */
export function eyeRect(landmarks: readonly Point[], eye: typeof LEFT_EYE | typeof RIGHT_EYE): Rect {
  const [inner, outer] = eye.corners.map((index) => pointOf(landmarks, index));
  const lids = eye.lids.map((index) => pointOf(landmarks, index));
  const side = Math.max(
    1,
    Math.round(CROP * (inner === undefined || outer === undefined ? 0 : distance(inner, outer))),
  );
  const x = lids.reduce((sum, lid) => sum + lid.x, 0) / lids.length;
  const y = lids.reduce((sum, lid) => sum + lid.y, 0) / lids.length;
  return { left: Math.round(x - side / 2), top: Math.round(y - side / 2), width: side, height: side };
}

function pointOf(landmarks: readonly Point[], index: number): Point {
  const point = landmarks[index];
  if (point === undefined) throw new EngineError("modelFailure", "the landmark model gave too few points");
  return point;
}

async function closedOf(
  canvas: Pixels,
  eye: { readonly rect: Rect; readonly session: Session; readonly row: ModelRow },
): Promise<number> {
  const { width, height } = eye.row.preprocessing;
  const [logits] = await eye.session.run(luma(await stretch(canvas, { rect: eye.rect, width, height })));
  const closed = softmax(logits ?? new Float32Array(0))[0];
  if (closed === undefined || !(closed >= 0 && closed <= 1)) {
    throw new EngineError("modelFailure", "the eye model gave no probability");
  }
  return closed;
}
