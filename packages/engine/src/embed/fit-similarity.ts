import { EngineError } from "../engine-error.ts";
import type { Point } from "../inspection.ts";

/** x' = a·x − b·y + tx, y' = b·x + a·y + ty: rotation, one scale, shift. */
export interface Similarity {
  readonly a: number;
  readonly b: number;
  readonly tx: number;
  readonly ty: number;
}

/**
 * The similarity that brings `from` nearest to `to` in the least-squares sense.
 * @throws {EngineError} `modelFailure` when the points fall together, so that no scale follows from them
 */
export function fitSimilarity(from: readonly Point[], to: readonly Point[]): Similarity {
  const source = centre(from);
  const target = centre(to);
  let dot = 0;
  let cross = 0;
  let spread = 0;
  from.forEach((point, i) => {
    const other = to[i] ?? target;
    const [x, y, u, v] = [point.x - source.x, point.y - source.y, other.x - target.x, other.y - target.y];
    dot += x * u + y * v;
    cross += x * v - y * u;
    spread += x * x + y * y;
  });
  const a = dot / spread;
  const b = cross / spread;
  const scale = Math.hypot(a, b);
  if (!Number.isFinite(scale) || scale === 0) {
    throw new EngineError("modelFailure", "the landmarks fall together: no alignment follows from them");
  }
  return { a, b, tx: target.x - a * source.x + b * source.y, ty: target.y - b * source.x - a * source.y };
}

/** The similarity that undoes another. */
export function invert({ a, b, tx, ty }: Similarity): Similarity {
  const square = a * a + b * b;
  return { a: a / square, b: -b / square, tx: (-a * tx - b * ty) / square, ty: (b * tx - a * ty) / square };
}

/** Where a point goes. */
export function transform({ a, b, tx, ty }: Similarity, { x, y }: Point): Point {
  return { x: a * x - b * y + tx, y: b * x + a * y + ty };
}

function centre(points: readonly Point[]): Point {
  const total = points.reduce((sum, { x, y }) => ({ x: sum.x + x, y: sum.y + y }), { x: 0, y: 0 });
  return { x: total.x / points.length, y: total.y / points.length };
}
