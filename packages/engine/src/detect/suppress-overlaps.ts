import type { Box } from "../inspection.ts";

// engine.md §5.1
const MAX_OVERLAP = 0.4;

/** Non-maximum suppression: of boxes that overlap by more than 0.4, the one with the highest score stays. */
export function suppressOverlaps<T extends { readonly box: Box; readonly score: number }>(faces: readonly T[]): T[] {
  const kept: T[] = [];
  for (const face of faces.toSorted((a, b) => b.score - a.score)) {
    if (kept.every((other) => overlap(other.box, face.box) <= MAX_OVERLAP)) kept.push(face);
  }
  return kept;
}

/** Intersection ÷ union, 0…1. */
function overlap(a: Box, b: Box): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  if (width <= 0 || height <= 0) return 0;
  const shared = width * height;
  return shared / (a.width * a.height + b.width * b.height - shared);
}
