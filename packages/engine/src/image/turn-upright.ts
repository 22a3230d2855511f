import type { Pixels } from "../picture.ts";

/**
 * Turns stored pixels the way the EXIF orientation asks.
 * @param orientation 1…8; 1 gives the same object back
 * @see EXIF 2.32 §4.6.4 A
 */
export function turnUpright(stored: Pixels, orientation: number): Pixels {
  if (orientation === 1) return stored;
  const swapped = swapsSides(orientation);
  const width = swapped ? stored.height : stored.width;
  const height = swapped ? stored.width : stored.height;
  const { start, right, down } = steps(stored, orientation);
  const from = stored.rgb;
  const rgb = new Uint8Array(width * height * 3);
  let to = 0;
  for (let y = 0; y < height; y += 1) {
    let at = (start + y * down) * 3;
    for (let x = 0; x < width; x += 1) {
      rgb[to] = from[at] ?? 0;
      rgb[to + 1] = from[at + 1] ?? 0;
      rgb[to + 2] = from[at + 2] ?? 0;
      to += 3;
      at += right * 3;
    }
  }
  return { width, height, rgb };
}

/** Whether width and height change places. */
export function swapsSides(orientation: number): boolean {
  return orientation >= 5;
}

/** Index of the stored pixel that comes first, and how far one step right or down in the upright picture moves it. */
function steps({ width, height }: Pixels, orientation: number): { start: number; right: number; down: number } {
  const last = width * height - 1;
  switch (orientation) {
    case 2:
      return { start: width - 1, right: -1, down: width };
    case 3:
      return { start: last, right: -1, down: -width };
    case 4:
      return { start: last - (width - 1), right: 1, down: -width };
    case 5:
      return { start: 0, right: width, down: 1 };
    case 6:
      return { start: last - (width - 1), right: -width, down: 1 };
    case 7:
      return { start: last, right: -width, down: -1 };
    case 8:
      return { start: width - 1, right: width, down: -1 };
    default:
      return { start: 0, right: 1, down: width };
  }
}
