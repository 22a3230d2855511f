import type { Clock } from "../clock.ts";
import type { AtMs } from "./records.ts";

/** The store's own time: it never runs back (F41). */
export interface StoreClock {
  readonly nowMs: () => AtMs;
  /** How long so much of it takes, if nobody sets the wall clock meanwhile. */
  readonly takesMs: (durationMs: number) => number;
}

/**
 * Follows the wall clock. When that is set back, time goes on at half speed until the wall has caught up: a clock that
 * stood still would stall every retry for as long as the step was.
 */
export function createStoreClock(clock: Clock): StoreClock {
  let atMs = clock.nowMs();
  let readAtMs = clock.monotonicMs();
  const nowMs = (): AtMs => {
    const monotonicMs = clock.monotonicMs();
    atMs = Math.max(clock.nowMs(), atMs + Math.max(0, monotonicMs - readAtMs) / 2);
    readAtMs = monotonicMs;
    return Math.floor(atMs);
  };
  return {
    nowMs,
    takesMs: (durationMs) => {
      // While it is behind, each moment takes two, and makes up for one.
      const aheadMs = Math.max(0, nowMs() - clock.nowMs());
      return durationMs + Math.min(durationMs, aheadMs);
    },
  };
}
