import sharp, { type Sharp } from "sharp";

/** A decoded picture: upright, 8-bit sRGB, fit inside 960×960. */
export interface Picture {
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** Row-major RGB, `width * height * 3` bytes. */
  readonly rgb: Uint8Array;
  /** Pixels of the upright original ÷ pixels of this picture, ≥ 1. */
  readonly scale: number;
}

/** Row-major RGB pixels of some size. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly rgb: Uint8Array;
}

/** A rectangle of whole pixels; it may reach outside the picture. */
export interface Rect {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** The pixel rectangle nearest to a box, at least one pixel on each side. */
export function pixelRect(box: { x: number; y: number; width: number; height: number }): Rect {
  const left = Math.round(box.x);
  const top = Math.round(box.y);
  return {
    left,
    top,
    width: Math.max(1, Math.round(box.x + box.width) - left),
    height: Math.max(1, Math.round(box.y + box.height) - top),
  };
}

/** The part of a rectangle inside the picture; `undefined` when they do not meet. */
export function clipRect(rect: Rect, picture: Pixels): Rect | undefined {
  const left = Math.max(0, rect.left);
  const top = Math.max(0, rect.top);
  const width = Math.min(picture.width, rect.left + rect.width) - left;
  const height = Math.min(picture.height, rect.top + rect.height) - top;
  return width > 0 && height > 0 ? { left, top, width, height } : undefined;
}

/**
 * Cuts a rectangle and stretches it to a size, without keeping the aspect. What lies outside the picture repeats the
 * picture's edge.
 * @returns `size.width * size.height * 3` bytes RGB
 */
export async function stretch(
  picture: Pixels,
  options: { readonly rect: Rect; readonly width: number; readonly height: number },
): Promise<Uint8Array> {
  const { rect, width, height } = options;
  const inside = clipRect(rect, picture);
  if (inside === undefined) throw new RangeError("the rectangle lies outside the picture");
  const x = innerSpan({ from: inside.left - rect.left, length: inside.width, whole: rect.width, size: width });
  const y = innerSpan({ from: inside.top - rect.top, length: inside.height, whole: rect.height, size: height });
  let pipeline = open(picture);
  if (inside.width < picture.width || inside.height < picture.height) pipeline = pipeline.extract(inside);
  pipeline = pipeline.resize(x.size, y.size, { fit: "fill", kernel: "linear", fastShrinkOnLoad: false });
  if (x.size < width || y.size < height) {
    pipeline = pipeline.extend({
      left: x.before,
      right: width - x.size - x.before,
      top: y.before,
      bottom: height - y.size - y.before,
      extendWith: "copy",
    });
  }
  return await pipeline.raw().toBuffer();
}

/** Where the inner part of a side comes to lie when the whole side becomes `size` pixels. */
function innerSpan(side: { from: number; length: number; whole: number; size: number }): {
  before: number;
  size: number;
} {
  const start = Math.min(side.size - 1, Math.round((side.from / side.whole) * side.size));
  const end = Math.max(start + 1, Math.round(((side.from + side.length) / side.whole) * side.size));
  return { before: start, size: end - start };
}

/** The picture with its edge repeated outwards on all four sides. */
export async function extendEdges(
  picture: Pixels,
  margin: { readonly x: number; readonly y: number },
): Promise<Pixels> {
  const rgb = await open(picture)
    .extend({ left: margin.x, right: margin.x, top: margin.y, bottom: margin.y, extendWith: "copy" })
    .raw()
    .toBuffer();
  return { width: picture.width + 2 * margin.x, height: picture.height + 2 * margin.y, rgb };
}

function open(picture: Pixels): Sharp {
  return sharp(picture.rgb, { raw: { width: picture.width, height: picture.height, channels: 3 } });
}
