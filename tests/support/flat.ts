/** A value at a time of a run. */
export interface Reading {
  readonly atMs: number;
  readonly value: number;
}

/** How much a value grew, by a straight line through its minutes after the warm-up. */
export interface Growth {
  /** The median of the minutes. */
  readonly level: number;
  /** From the end of the warm-up to the end of the run, along the line. */
  readonly grown: number;
  readonly judgedMs: number;
}

const MINUTE_MS = 60_000;

/**
 * Least squares over the medians of each minute: what comes and goes within a minute (a collection, a burst) is not seen,
 * what stays is, however slowly it comes.
 */
export function growthOf(readings: readonly Reading[], warmUpMs: number): Growth {
  const minutes = new Map<number, number[]>();
  for (const { atMs, value } of readings) {
    if (atMs < warmUpMs) continue;
    const minute = Math.floor(atMs / MINUTE_MS);
    minutes.set(minute, [...(minutes.get(minute) ?? []), value]);
  }
  const points = [...minutes].map(([minute, values]) => ({ x: minute * MINUTE_MS, y: medianOf(values) }));
  const meanX = meanOf(points.map(({ x }) => x));
  const meanY = meanOf(points.map(({ y }) => y));
  const over = points.reduce((sum, { x, y }) => sum + (x - meanX) * (y - meanY), 0);
  const under = points.reduce((sum, { x }) => sum + (x - meanX) ** 2, 0);
  const judgedMs = points.length * MINUTE_MS;
  return { level: medianOf(points.map(({ y }) => y)), grown: under === 0 ? 0 : (over / under) * judgedMs, judgedMs };
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function medianOf(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** Half of what the least leak that must be found loses: a kilobyte an authentication. */
const BYTES_AN_AUTHENTICATION = 512;
/** Half of one a minute. */
const DESCRIPTORS_A_MINUTE = 0.5;

/** What a server held over a run, and how much of it may be new at the end. */
export interface Held {
  readonly rssBytes: readonly Reading[];
  /** Without connections that stand: those are their clients' and receivers' to close. */
  readonly descriptors: readonly Reading[];
  readonly warmUpMs: number;
  /** Of the whole run. */
  readonly authenticationsPerSecond: number;
}

/** What grew more than it may; nothing where all is flat. */
export function complaintsOf({ rssBytes, descriptors, warmUpMs, authenticationsPerSecond }: Held): readonly string[] {
  const rss = growthOf(rssBytes, warmUpMs);
  const own = growthOf(descriptors, warmUpMs);
  const mostBytes = (BYTES_AN_AUTHENTICATION * authenticationsPerSecond * rss.judgedMs) / 1_000;
  const mostDescriptors = (DESCRIPTORS_A_MINUTE * own.judgedMs) / MINUTE_MS;
  return [
    ...(rss.grown <= mostBytes ? [] : [`memory grew by ${megabytes(rss.grown)} MB, ${megabytes(mostBytes)} may be`]),
    ...(own.grown <= mostDescriptors ? [] : [`${own.grown.toFixed(1)} descriptors more, ${mostDescriptors} may be`]),
  ];
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}
