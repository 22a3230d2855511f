import { EngineError } from "./engine-error.ts";
import type { Box, Point } from "./inspection.ts";
import { luma } from "./luma.ts";
import type { ModelRow } from "./model-table.ts";
import { type Pixels, pixelRect, stretch } from "./picture.ts";
import type { Session } from "./session.ts";

/** Points in the order of iBUG 300-W; indexes from 0. */
const LANDMARK_COUNT = 68;

// Even in profile the two eyes lie a tenth of the box apart; nearer, all points have fallen together.
const MIN_EYE_DISTANCE = 0.01;

/** What the landmark model is given: the detector's box itself. */
export async function cutForLandmarks(picture: Pixels, face: { box: Box; row: ModelRow }): Promise<Uint8Array> {
  const { width, height } = face.row.preprocessing;
  return luma(await stretch(picture, { rect: pixelRect(face.box), width, height }));
}

/**
 * The 68 points of the face in a box, in pixels of the picture that {@link cutForLandmarks} cut the crop from.
 * @throws {EngineError} `modelFailure`, also for points that are nowhere near the box
 */
export async function findLandmarks(
  crop: Uint8Array,
  face: { readonly box: Box; readonly session: Session },
): Promise<readonly Point[]> {
  const rect = pixelRect(face.box);
  const [output] = await face.session.run(crop);
  if (output === undefined) throw noLandmarks();
  const points = Array.from({ length: LANDMARK_COUNT }, (_, i) => ({
    x: rect.left + withinReach(output[i * 2]) * rect.width,
    y: rect.top + withinReach(output[i * 2 + 1]) * rect.height,
  }));
  const { leftEye, rightEye } = fivePoints(points);
  if (distance(leftEye, rightEye) < MIN_EYE_DISTANCE * rect.width) throw noLandmarks();
  return points;
}

/** Fractions of the box: real faces stay near 0…1, a box-width outside is no face's landmark. */
function withinReach(fraction: number | undefined): number {
  if (fraction === undefined || !(fraction >= -1 && fraction <= 2)) throw noLandmarks();
  return fraction;
}

/** The five points that templates are aligned by. */
export interface FivePoints {
  /** The eye on the picture's left, which is the person's right. */
  readonly leftEye: Point;
  readonly rightEye: Point;
  readonly nose: Point;
  readonly leftMouth: Point;
  readonly rightMouth: Point;
}

/** Five points from the 68: eyes as the mean of four lid points each. @see engine.md §5.5 */
export function fivePoints(landmarks: readonly Point[]): FivePoints {
  return {
    leftEye: meanOf(landmarks, [37, 38, 40, 41]),
    rightEye: meanOf(landmarks, [43, 44, 46, 47]),
    nose: meanOf(landmarks, [30]),
    leftMouth: meanOf(landmarks, [48]),
    rightMouth: meanOf(landmarks, [54]),
  };
}

function meanOf(points: readonly Point[], indexes: readonly number[]): Point {
  let x = 0;
  let y = 0;
  for (const index of indexes) {
    const point = points[index];
    if (point === undefined) throw noLandmarks();
    x += point.x / indexes.length;
    y += point.y / indexes.length;
  }
  return { x, y };
}

/** Distance between two points. */
export function distance(a: Point, b: Point): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}

function noLandmarks(): EngineError {
  return new EngineError("modelFailure", "the landmark model gave points that are no face's");
}
