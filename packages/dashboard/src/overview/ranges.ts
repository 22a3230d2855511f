/** Spans that a reader can choose, by the name in the address. */
export const RANGES = {
  "6h": { label: "6 hours", hours: 6 },
  "24h": { label: "24 hours", hours: 24 },
  "7d": { label: "7 days", hours: 168 },
  "30d": { label: "30 days", hours: 720 },
} as const satisfies Record<string, { readonly label: string; readonly hours: number }>;

/** A row of {@link RANGES}. */
export type RangeName = keyof typeof RANGES;

const HOUR_MS = 3_600_000;

/** The range that an address names, a day where it names none. */
export function rangeNamed(name: string | undefined): RangeName {
  return name !== undefined && Object.hasOwn(RANGES, name) ? (name as RangeName) : "24h";
}

/** Whole hours, the present one as the last. */
export function spanOf(range: RangeName, nowMs: number): { readonly fromMs: number; readonly toMs: number } {
  const toMs = Math.floor(nowMs / HOUR_MS) * HOUR_MS + HOUR_MS;
  return { fromMs: toMs - RANGES[range].hours * HOUR_MS, toMs };
}
