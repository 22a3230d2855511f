import type { Box } from "../inspection.ts";

/** The face that is meant, and whether another one could be meant as well. */
export interface Choice<T> {
  readonly primary: T;
  /** The second face is large and central enough to be the one that is meant. */
  readonly ambiguous: boolean;
}

// engine.md §5.3: single-person pictures stayed under 0.3, group photos gave 0.5 to 0.97.
const AMBIGUOUS_SHARE = 0.4;

/** Chooses by size and nearness to the centre; `undefined` when there is no face. */
export function chooseFace<T extends { readonly box: Box }>(
  faces: readonly T[],
  picture: { readonly width: number; readonly height: number },
): Choice<T> | undefined {
  const ranked = faces
    .map((face) => ({ face, weight: weigh(face.box, picture) }))
    .toSorted((a, b) => b.weight - a.weight);
  const [first, second] = ranked;
  if (first === undefined) return undefined;
  return {
    primary: first.face,
    ambiguous: second !== undefined && second.weight >= AMBIGUOUS_SHARE * first.weight,
  };
}

function weigh(box: Box, picture: { readonly width: number; readonly height: number }): number {
  const dx = (box.x + box.width / 2) / picture.width - 0.5;
  const dy = (box.y + box.height / 2) / picture.height - 0.5;
  return box.width * box.height * Math.exp(-4 * (dx * dx + dy * dy));
}
