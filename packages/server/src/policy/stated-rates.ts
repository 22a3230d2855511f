import { MATCH_THRESHOLDS, type StatedRates } from "../api/index.ts";

/** One row of the stored evaluation, each rate that of the set that does worst. */
interface EvaluatedThreshold {
  readonly threshold: number;
  readonly falseMatchRate: number;
  /** Upper end of its 95 % interval. */
  readonly falseMatchRateUpTo: number;
  readonly falseNonMatchRate: number;
}

/** What docs/evaluation.json says of the named thresholds; a test holds one to the other. */
export const EVALUATED: readonly EvaluatedThreshold[] = [
  {
    threshold: MATCH_THRESHOLDS.convenient,
    falseMatchRate: 0.022,
    falseMatchRateUpTo: 0.0369,
    falseNonMatchRate: 0.04,
  },
  {
    threshold: MATCH_THRESHOLDS.balanced,
    falseMatchRate: 0.0057,
    falseMatchRateUpTo: 0.0104,
    falseNonMatchRate: 0.0533,
  },
  { threshold: MATCH_THRESHOLDS.strict, falseMatchRate: 0.0018, falseMatchRateUpTo: 0.0037, falseNonMatchRate: 0.0933 },
];

/**
 * What a threshold means, as far as the evaluation goes. Between two of its thresholds both rates are those of the
 * nearer bound on the worse side: fewer are matched falsely than at the one below, fewer missed than at the one above.
 * @returns rates of `null` where no evaluated threshold bounds them, or where another embedder was put in
 */
export function statedRates(threshold: number, { evaluated }: { readonly evaluated: boolean }): StatedRates {
  const rows = evaluated ? EVALUATED : [];
  const below = rows.findLast((row) => row.threshold <= threshold);
  const above = rows.find((row) => row.threshold >= threshold);
  return {
    threshold,
    falseMatchRate: below?.falseMatchRate ?? null,
    falseMatchRateUpTo: below?.falseMatchRateUpTo ?? null,
    falseNonMatchRate: above?.falseNonMatchRate ?? null,
  };
}
