import type { Clock } from "../clock.ts";
import type { AtMs } from "./records.ts";

/**
 * The store's own time: follows the wall clock, and never runs back (F41). When the wall clock is set back, time goes on
 * at half speed until the wall has caught up: a clock that stood still would stall every retry for as long as the step was.
 */
export function createStoreClock(clock: Clock): () => AtMs {
  let atMs = clock.nowMs();
  let readAtMs = clock.monotonicMs();
  return () => {
    const monotonicMs = clock.monotonicMs();
    atMs = Math.max(clock.nowMs(), atMs + Math.max(0, monotonicMs - readAtMs) / 2);
    readAtMs = monotonicMs;
    return Math.floor(atMs);
  };
}
