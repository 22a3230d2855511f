import type { Light } from "../inspection.ts";
import { luma } from "../luma.ts";
import type { Rect } from "../picture.ts";

// Brows to mouth and cheek to cheek of the aligned crop: what hair, background and the black outside the picture
// do not reach.
const FACE: Rect = { left: 28, top: 40, width: 56, height: 56 };
const BLACK = 16;
const WHITE = 250;

/**
 * Reads light and focus off the aligned crop, which has the same 112×112 pixels of every face: a face that was
 * enlarged to it is blurred in it. A loop, because the library's calls cost more than these 3,136 pixels.
 * @param crop RGB, row-major
 * @param width pixels a row
 */
export function measureLight(crop: Uint8Array, width: number): Light {
  // One row more on either side: the detail of a pixel is what its neighbours differ by.
  const grey = luma(crop.subarray((FACE.top - 1) * width * 3, (FACE.top + FACE.height + 1) * width * 3));
  const level: Sums = { count: 0, sum: 0, squares: 0 };
  const detail: Sums = { count: 0, sum: 0, squares: 0 };
  let dark = 0;
  let bright = 0;
  for (let row = 1; row <= FACE.height; row += 1) {
    const first = row * width + FACE.left;
    for (let at = first; at < first + FACE.width; at += 1) {
      const value = grey[at] ?? 0;
      add(level, value);
      if (value <= BLACK) dark += 1;
      if (value >= WHITE) bright += 1;
      const beside = (grey[at - 1] ?? 0) + (grey[at + 1] ?? 0) + (grey[at - width] ?? 0) + (grey[at + width] ?? 0);
      add(detail, beside - 4 * value);
    }
  }
  const contrast = varianceOf(level);
  return {
    brightness: level.sum / level.count / 255,
    darkShare: dark / level.count,
    brightShare: bright / level.count,
    // One colour all over holds no detail: 0, not 0 ÷ 0.
    sharpness: contrast === 0 ? 0 : varianceOf(detail) / contrast,
  };
}

interface Sums {
  count: number;
  sum: number;
  squares: number;
}

function add(sums: Sums, value: number): void {
  sums.count += 1;
  sums.sum += value;
  sums.squares += value * value;
}

function varianceOf({ count, sum, squares }: Sums): number {
  return Math.max(0, squares / count - (sum / count) ** 2);
}
