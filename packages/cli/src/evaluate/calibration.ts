import { bootstrap, type Interval, type Resampling } from "./bootstrap.ts";
import { curveOf, type PairSet } from "./curve.ts";
import { figuresAt, peopleOf } from "./matching.ts";

/** The threshold that an operator's own pairs support. */
export interface Calibration {
  readonly people: number;
  readonly genuine: number;
  readonly impostors: number;
  readonly targetFmr: number;
  /** `null`: these pairs are too few to bound so low a rate, or no threshold reaches it. */
  readonly threshold: number | null;
  /** Impostor pairs that would bound the target with none wrong: three times its inverse. */
  readonly impostorsNeeded: number;
  readonly fnmrAtThreshold: number | null;
  readonly rows: readonly CalibrationRow[];
}

/** What one threshold does on these pairs. */
export interface CalibrationRow {
  readonly threshold: number;
  readonly fmr: number | null;
  /** 95 % upper bound of the false match rate, by the rule of three where none matched. */
  readonly fmrBound: number | null;
  readonly fnmr: number | null;
  readonly intervals: { readonly fmr: Interval; readonly fnmr: Interval };
}

/** The thresholds that the policy takes, in steps of a hundredth. */
const STEPS = Array.from({ length: 56 }, (_, step) => (40 + step) / 100);

/** Finds the lowest threshold whose false match rate is bounded by the target at 95 %, people resampled. */
export function calibrate(
  pairs: PairSet,
  {
    targetFmr,
    named,
    resampling,
  }: { readonly targetFmr: number; readonly named: readonly number[]; readonly resampling: Resampling },
): Calibration {
  const curve = curveOf(pairs);
  const bounds = bootstrap(peopleOf(pairs), {
    ...resampling,
    rates: (weights) => {
      const drawn = curveOf(pairs, weights);
      return Object.fromEntries(STEPS.map((threshold) => [String(threshold), drawn.fmrAt(threshold)]));
    },
  });
  const ruleOfThree = pairs.impostors.length === 0 ? null : 3 / pairs.impostors.length;
  const boundAt = (threshold: number): number | null => {
    const [, high = null] = bounds[String(threshold)] ?? [];
    return high === null || ruleOfThree === null ? null : Math.max(high, ruleOfThree);
  };
  const found = STEPS.find((threshold) => (boundAt(threshold) ?? 1) <= targetFmr) ?? null;
  const shown = [...new Set([...named, ...(found === null ? [] : [found])])].toSorted((a, b) => a - b);
  return {
    people: peopleOf(pairs).length,
    genuine: pairs.genuine.length,
    impostors: pairs.impostors.length,
    targetFmr,
    threshold: found,
    impostorsNeeded: Math.ceil(3 / targetFmr),
    fnmrAtThreshold: found === null ? null : curve.fnmrAt(found),
    rows: figuresAt(shown, { name: "own pairs", pairs, resampling }).map(({ threshold, fmr, fnmr, intervals }) => ({
      threshold,
      fmr,
      fmrBound: boundAt(threshold),
      fnmr,
      intervals,
    })),
  };
}
