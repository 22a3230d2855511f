import type { Weights } from "./curve.ts";

/** Bounds that hold the middle 95 % of the resamples; `null` where a rate could not be taken. */
export type Interval = readonly [low: number, high: number] | null;

/** What every interval of one report is drawn with; printed with it. */
export interface Resampling {
  readonly resamples: number;
  readonly seed: number;
}

/** @see reliability.md §8 */
export const RESAMPLING: Resampling = { resamples: 1000, seed: 1 };

/**
 * Intervals by resampling people, not pairs: pairs that share a person say the same thing twice.
 * @param rates each as a function of how often a person was drawn
 */
export function bootstrap<Name extends string>(
  people: readonly string[],
  {
    rates,
    resamples,
    seed,
  }: Resampling & { readonly rates: (weights: Weights) => Readonly<Record<Name, number | null>> },
): Readonly<Record<Name, Interval>> {
  const distinct = [...new Set(people)].toSorted();
  const random = mulberry32(seed);
  const drawn = new Map<string, number[]>();
  for (let round = 0; round < resamples; round += 1) {
    const counts = drawCounts(distinct, random);
    for (const [name, rate] of Object.entries<number | null>(rates((person) => counts.get(person) ?? 0))) {
      const values = drawn.get(name) ?? [];
      if (rate !== null) values.push(rate);
      drawn.set(name, values);
    }
  }
  const entries = [...drawn].map(([name, values]) => [name, middle95(values)] as const);
  // Object.fromEntries forgets its keys; `rates` names the same ones each time.
  return Object.fromEntries(entries) as Readonly<Record<Name, Interval>>;
}

function drawCounts(people: readonly string[], random: () => number): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (let i = 0; i < people.length; i += 1) {
    const person = people[Math.floor(random() * people.length)] ?? "";
    counts.set(person, (counts.get(person) ?? 0) + 1);
  }
  return counts;
}

function middle95(values: readonly number[]): Interval {
  const sorted = values.toSorted((a, b) => a - b);
  const low = sorted[Math.floor(0.025 * (sorted.length - 1))];
  const high = sorted[Math.ceil(0.975 * (sorted.length - 1))];
  return low === undefined || high === undefined ? null : [low, high];
}

/** 32 bits of state, the same numbers on every machine. */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
