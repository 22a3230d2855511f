/** A small grey picture. */
export interface Grey {
  readonly width: number;
  readonly height: number;
  /** One byte a pixel, row by row. */
  readonly pixels: Uint8Array;
}

/** What a frame looks like, before anybody looks for a face in it. */
export interface FrameQuality {
  /** Mean, 0 black … 1 white. */
  readonly brightness: number;
  /** Variance of the Laplacian ÷ variance of the grey, 0…: low is blurred. */
  readonly sharpness: number;
}

/** Canvas pixels as grey. @param rgba four bytes a pixel */
export function greyOf(rgba: Uint8ClampedArray, { width, height }: Pick<Grey, "width" | "height">): Grey {
  const pixels = new Uint8Array(width * height);
  for (let at = 0; at < pixels.length; at += 1) {
    const [r = 0, g = 0, b = 0] = rgba.subarray(at * 4, at * 4 + 3);
    pixels[at] = 0.299 * r + 0.587 * g + 0.114 * b;
  }
  return { width, height, pixels };
}

/** Measures a frame; it is the sharpest of several that is sent. */
export function judgeFrame({ width, height, pixels }: Grey): FrameQuality {
  const laplacian: number[] = [];
  const at = (x: number, y: number): number => pixels[y * width + x] ?? 0;
  for (let y = 1; y < height - 1; y += 1) {
    for (let x = 1; x < width - 1; x += 1) {
      laplacian.push(4 * at(x, y) - at(x - 1, y) - at(x + 1, y) - at(x, y - 1) - at(x, y + 1));
    }
  }
  const contrast = varianceOf(pixels);
  return {
    brightness: meanOf(pixels) / 255,
    sharpness: contrast === 0 ? 0 : varianceOf(laplacian) / contrast,
  };
}

// Far outside of what the server takes for dark or bright (of the face alone): only what shows nothing is held back.
const BLACK = 0.06;
const WHITE = 0.94;
const LEAST_SIDE = 240;

/** What the person can mend at once; `null`: the frame is worth sending. */
export function frameProblem(
  { brightness }: FrameQuality,
  { width, height }: { readonly width: number; readonly height: number },
): "moreLight" | "lessLight" | "tooSmall" | null {
  if (Math.min(width, height) < LEAST_SIDE) return "tooSmall";
  if (brightness < BLACK) return "moreLight";
  return brightness > WHITE ? "lessLight" : null;
}

/** Both sides so that the longer is no longer than `most`; never larger. */
export function fitInto(
  { width, height }: { readonly width: number; readonly height: number },
  most: number,
): { readonly width: number; readonly height: number } {
  const scale = Math.min(1, most / Math.max(width, height));
  return { width: Math.round(width * scale), height: Math.round(height * scale) };
}

function meanOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let at = 0; at < values.length; at += 1) sum += values[at] ?? 0;
  return sum / Math.max(1, values.length);
}

function varianceOf(values: ArrayLike<number>): number {
  const mean = meanOf(values);
  let sum = 0;
  for (let at = 0; at < values.length; at += 1) sum += ((values[at] ?? 0) - mean) ** 2;
  return sum / Math.max(1, values.length);
}
