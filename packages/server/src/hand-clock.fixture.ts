import type { Clock } from "./clock.ts";

/** A clock whose time passes only when the test says so. */
export function handClock(): { clock: Clock; timers: Set<() => void>; ring: () => void } {
  const timers = new Set<() => void>();
  return {
    timers,
    ring: () => {
      // One that is set meanwhile waits for the next ring.
      for (const timer of [...timers]) {
        timers.delete(timer);
        timer();
      }
    },
    clock: {
      nowMs: () => 0,
      monotonicMs: () => 0,
      after: (_delayMs, callback) => {
        timers.add(callback);
        return () => timers.delete(callback);
      },
    },
  };
}
