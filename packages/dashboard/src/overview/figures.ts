import type { Schemas } from "@sameface/contract/client";

type Overview = Schemas["Overview"];
type Hour = Overview["hours"][number];
type Outcome = Schemas["AuthenticationView"]["outcome"];

/** Outcomes from the floor of a bar upwards: what went well first. */
export const STACK = [
  "passed",
  "declined",
  "not-recognized",
  "spoof",
  "blocklisted",
  "unknown-customer",
  "error",
] as const satisfies readonly Outcome[];

/** One bar of the chart: a span of time, and how much of each outcome. */
export interface Bar {
  readonly fromMs: number;
  readonly toMs: number;
  readonly counts: Readonly<Record<Outcome, number>>;
  readonly total: number;
}

/** What the overview says in figures. */
export interface Figures {
  readonly attempts: number;
  readonly passed: number;
  readonly spoofs: number;
  readonly delivered: number;
  readonly deliveryAttempts: number;
  readonly died: number;
}

const HOUR_MS = 3_600_000;
/** More cannot be told apart, nor hit with a finger. */
const MOST_BARS = 62;

/** Bars of equal width over the whole span; hours in which nothing happened are there, and empty. */
export function barsOf(
  hours: readonly Hour[],
  span: { readonly fromMs: number; readonly toMs: number },
): readonly Bar[] {
  const { fromMs, toMs } = span;
  const widthMs = barHours((toMs - fromMs) / HOUR_MS) * HOUR_MS;
  return Array.from({ length: Math.ceil((toMs - fromMs) / widthMs) }, (_, index) => {
    const start = fromMs + index * widthMs;
    const within = hours.filter(({ hour }) => Date.parse(hour) >= start && Date.parse(hour) < start + widthMs);
    const counts = Object.fromEntries(STACK.map((outcome) => [outcome, sumOf(within, outcome)])) as Bar["counts"];
    const total = STACK.reduce((sum, outcome) => sum + counts[outcome], 0);
    return { fromMs: start, toMs: start + widthMs, counts, total };
  });
}

/** Hours of one bar: divisors of a day, so that bars begin at the same times each day. */
function barHours(hours: number): number {
  return [1, 2, 3, 4, 6, 8, 12].find((width) => hours / width <= MOST_BARS) ?? 24;
}

/** Sums of the span. */
export function figuresOf(hours: readonly Hour[]): Figures {
  const sum = (of: (hour: Hour) => number): number => hours.reduce((total, hour) => total + of(hour), 0);
  return {
    attempts: STACK.reduce((total, outcome) => total + sumOf(hours, outcome), 0),
    passed: sumOf(hours, "passed"),
    spoofs: sumOf(hours, "spoof"),
    delivered: sum(({ deliveries }) => deliveries.delivered),
    deliveryAttempts: sum(({ attempts }) => attempts.delivered + attempts.failed),
    died: sum(({ deliveries }) => deliveries.dead),
  };
}

/** `10,000+` where counting was not gone on with. */
export function countedOf(value: number, mostCounted: number): string {
  return value >= mostCounted ? `${mostCounted.toLocaleString("en-US")}+` : value.toLocaleString("en-US");
}

function sumOf(hours: readonly Hour[], outcome: Outcome): number {
  return hours.reduce((sum, hour) => sum + (hour.outcomes[outcome] ?? 0), 0);
}
