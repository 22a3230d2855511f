import type { Point } from "../inspection.ts";
import type { FivePoints } from "../landmarks.ts";
import { clipRect, type Pixels, type Rect, stretch } from "../picture.ts";
import { fitSimilarity, invert, type Similarity, transform } from "./fit-similarity.ts";

/** Side in pixels of the aligned crop that the template below is stated in. */
export const ALIGNED_SIZE = 112;

// The five points of ArcFace's template in a crop of 112×112, which the embedder was trained on (engine.md §5.5).
const TEMPLATE: FivePoints = {
  leftEye: { x: 38.2946, y: 51.6963 },
  rightEye: { x: 73.5318, y: 51.5014 },
  nose: { x: 56.0252, y: 71.7366 },
  leftMouth: { x: 41.5493, y: 92.3655 },
  rightMouth: { x: 70.7299, y: 92.2041 },
};
// Between the eyes of the template.
const EYES: Point = { x: 56, y: 51.6 };

/** What an aligned crop holds of the face and what is round it. */
export interface Framing {
  /** Side of the crop in pixels; another than 112 holds the same in more pixels or fewer. */
  readonly size: number;
  /** Size of the face ÷ its size in the embedder's own crop. */
  readonly zoom: number;
  /** Where the middle between the eyes lies, in pixels of a crop of 112. */
  readonly eyes: Point;
  /** Level 0…255 of what lies outside the picture. */
  readonly outside: number;
}

/** Where the embedder expects a face. */
export const FACE_FRAMING: Framing = { size: ALIGNED_SIZE, zoom: 1, eyes: EYES, outside: 0 };

/** Turns, scales and shifts a face so that its five points lie where a framing wants them. */
export async function alignFace(
  picture: Pixels,
  points: FivePoints,
  framing: Framing = FACE_FRAMING,
): Promise<Uint8Array> {
  const { size, zoom, eyes, outside } = framing;
  const scale = size / ALIGNED_SIZE;
  const template = listOf(TEMPLATE).map(({ x, y }) => ({
    x: (zoom * (x - EYES.x) + eyes.x) * scale,
    y: (zoom * (y - EYES.y) + eyes.y) * scale,
  }));
  const toPicture = invert(fitSimilarity(listOf(points), template));
  const out = new Uint8Array(size * size * 3).fill(outside);
  const part = await shrinkPart(picture, { toPicture, size });
  if (part !== undefined) sample(part, { toPart: composeWith(toPicture, part), out, framing });
  return out;
}

function listOf({ leftEye, rightEye, nose, leftMouth, rightMouth }: FivePoints): readonly Point[] {
  return [leftEye, rightEye, nose, leftMouth, rightMouth];
}

/** A part of the picture, made smaller by `shrinkX` and `shrinkY` (≥ 1). */
interface Part extends Pixels {
  readonly rect: Rect;
  readonly shrinkX: number;
  readonly shrinkY: number;
}

// Averaged to the crop's own resolution and then interpolated, a face is blurred twice: half as many pixels again a side
// keep what the embedder knows faces by, and still let none be skipped (docs/accuracy.md).
const FINER = 1.5;

/** The part that the crop covers, shrunk by averaging to {@link FINER} than the crop: no pixel is skipped. */
async function shrinkPart(
  picture: Pixels,
  { toPicture, size }: { readonly toPicture: Similarity; readonly size: number },
): Promise<Part | undefined> {
  const last = size - 1;
  const corners = [
    { x: 0, y: 0 },
    { x: last, y: 0 },
    { x: 0, y: last },
    { x: last, y: last },
  ].map((corner) => transform(toPicture, corner));
  // Two pixels more on each side: averaging and interpolation look at neighbours.
  const left = Math.floor(Math.min(...corners.map(({ x }) => x))) - 2;
  const top = Math.floor(Math.min(...corners.map(({ y }) => y))) - 2;
  const right = Math.ceil(Math.max(...corners.map(({ x }) => x))) + 3;
  const bottom = Math.ceil(Math.max(...corners.map(({ y }) => y))) + 3;
  const rect = clipRect({ left, top, width: right - left, height: bottom - top }, picture);
  if (rect === undefined) return undefined;
  const shrink = Math.max(1, Math.hypot(toPicture.a, toPicture.b) / FINER);
  const width = Math.max(1, Math.round(rect.width / shrink));
  const height = Math.max(1, Math.round(rect.height / shrink));
  const rgb = await stretch(picture, { rect, width, height });
  return { rect, width, height, rgb, shrinkX: rect.width / width, shrinkY: rect.height / height };
}

/** Crop pixel → pixel of the shrunk part; both count from the centre of their first pixel. */
function composeWith(toPicture: Similarity, part: Part): (point: Point) => Point {
  return (point) => {
    const { x, y } = transform(toPicture, point);
    return { x: (x - part.rect.left + 0.5) / part.shrinkX - 0.5, y: (y - part.rect.top + 0.5) / part.shrinkY - 0.5 };
  };
}

/**
 * Bilinear; 12,544 pixels at 112, which no call of the image library takes with a rotation and a fixed output size. Plain
 * numbers in one loop: an object a pixel would be a megabyte of garbage a face.
 */
function sample(
  { width, height, rgb }: Pixels,
  {
    toPart,
    out,
    framing: { size, outside },
  }: { readonly toPart: (point: Point) => Point; readonly out: Uint8Array; readonly framing: Framing },
): void {
  const origin = toPart({ x: 0, y: 0 });
  const right = toPart({ x: 1, y: 0 });
  const down = toPart({ x: 0, y: 1 });
  for (let row = 0, at = 0; row < size; row += 1) {
    for (let column = 0; column < size; column += 1, at += 3) {
      const x = origin.x + column * (right.x - origin.x) + row * (down.x - origin.x);
      const y = origin.y + column * (right.y - origin.y) + row * (down.y - origin.y);
      const left = Math.floor(x);
      const top = Math.floor(y);
      let red = 0;
      let green = 0;
      let blue = 0;
      let seen = 0;
      for (let corner = 0; corner < 4; corner += 1) {
        const px = left + (corner & 1);
        const py = top + (corner >> 1);
        if (px < 0 || py < 0 || px >= width || py >= height) continue;
        const weight = ((corner & 1) === 1 ? x - left : 1 - (x - left)) * (corner >> 1 === 1 ? y - top : 1 - (y - top));
        const from = (py * width + px) * 3;
        seen += weight;
        red += weight * (rgb[from] ?? 0);
        green += weight * (rgb[from + 1] ?? 0);
        blue += weight * (rgb[from + 2] ?? 0);
      }
      const rest = outside * (1 - seen);
      out[at] = Math.round(red + rest);
      out[at + 1] = Math.round(green + rest);
      out[at + 2] = Math.round(blue + rest);
    }
  }
}
