import type { Worn } from "./drawing/draw-picture.ts";

/** What each drawn person wears in turn, so that nothing but what is worn tells the classes apart. */
export const WARDROBE: readonly Worn[] = [
  { mask: false, lenses: false, headCover: false },
  { mask: true, lenses: false, headCover: false },
  { mask: false, lenses: true, headCover: false },
  { mask: false, lenses: false, headCover: true },
  { mask: true, lenses: true, headCover: false },
  { mask: false, lenses: true, headCover: true },
  { mask: true, lenses: false, headCover: true },
];
