/** What one topic found. */
export interface Measured {
  /** As interface.md, "Figures as data", names them. */
  readonly figures: object;
  /** The same for a person, ratios first. */
  readonly lines: readonly string[];
}

/** One topic; tells its progress line by line. */
export type Bench = (progress: (line: string) => void) => Promise<Measured>;

/** The value that a share of the values does not exceed. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}
