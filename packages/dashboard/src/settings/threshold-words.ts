import { FIGURES } from "./figures.gen.ts";

/** Thresholds with a name. @see docs/accuracy.md */
export const NAMED = { convenient: 0.48, balanced: 0.55, strict: 0.6 } as const;

type Point = (typeof FIGURES.points)[number];

/** `0.59 %`, never broken over two lines. */
export function percent(rate: number): string {
  return `${(100 * rate).toFixed(rate < 0.01 ? 2 : 1)}\u00A0%`;
}

/** A rate as people think of it: `about 1 in 170`. */
export function oneIn(rate: number): string {
  if (rate <= 0) return "none";
  const times = 1 / rate;
  const digits = Math.max(1, 10 ** Math.floor(Math.log10(times) - 1));
  return `about 1 in ${(Math.round(times / digits) * digits).toLocaleString("en-US")}`;
}

/** What was measured at a threshold, in words; between two measured ones, what holds on either side. */
export function wordsOf(threshold: number): string {
  const points: readonly Point[] = FIGURES.points;
  const exact = points.find((point) => point.threshold === threshold);
  if (exact !== undefined) return measured(exact);
  const below = points.findLast((point) => point.threshold < threshold);
  const above = points.find((point) => point.threshold > threshold);
  if (below === undefined) return `Laxer than anything measured: more strangers match than at ${strictestOf(above)}`;
  if (above === undefined)
    return `Stricter than anything measured: more of the right people are refused than at ${strictestOf(below)}`;
  return `Between ${below.threshold} and ${above.threshold}: of strangers who look alike ${percent(above.strangers.fmr)} to ${percent(below.strangers.fmr)} match, of the right people ${percent(below.same.fnmr)} to ${percent(above.same.fnmr)} are refused.`;
}

function strictestOf(point: Point | undefined): string {
  return point === undefined ? "any threshold." : `${point.threshold}. ${measured(point)}`;
}

function measured({ strangers, same }: Point): string {
  return `Of strangers who look alike, ${oneIn(strangers.fmr)} matched (FMR ${percent(strangers.fmr)}); of the right people ${oneIn(same.fnmr)} was refused (FNMR ${percent(same.fnmr)}).`;
}
