import type { Clock } from "../clock.ts";

/** Requests of each tenant or key, bounded, so that one that asks too much leaves the rest its share (S32, S37). */
export interface RequestRate {
  /** Takes one request; answers 0, or in how many seconds there is room for one again. */
  take(subject: string): number;
}

/** Subjects that are remembered; whoever was asked about longest ago is forgotten, and may have a full second again. */
const MOST_SUBJECTS = 10_000;

/**
 * A full second at once, and then as they come, by this process alone: two nodes let twice as many through.
 * @param options.perSecond `null`: no bound
 */
export function createRequestRate(options: { readonly clock: Clock; readonly perSecond: number | null }): RequestRate {
  const { clock, perSecond } = options;
  if (perSecond === null) return { take: () => 0 };
  const gapMs = 1_000 / perSecond;
  /** When the subject will have its full second again. */
  const fullAtMs = new Map<string, number>();
  return {
    take: (subject) => {
      const nowMs = clock.monotonicMs();
      const nextMs = Math.max(nowMs, fullAtMs.get(subject) ?? nowMs) + gapMs;
      const overMs = nextMs - nowMs - 1_000;
      // Sums of thirds and sevenths of a second miss the whole one by a hair.
      if (overMs > 1e-6) return Math.ceil(overMs / 1_000);
      fullAtMs.delete(subject);
      fullAtMs.set(subject, nextMs);
      const [oldest] = fullAtMs.keys();
      if (fullAtMs.size > MOST_SUBJECTS && oldest !== undefined) fullAtMs.delete(oldest);
      return 0;
    },
  };
}
