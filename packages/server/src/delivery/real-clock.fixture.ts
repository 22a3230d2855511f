import type { Clock } from "../clock.ts";

/** The clock of this host: for tests of real sockets, whose deadlines are made short instead. */
export const realClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  after: (delayMs, callback) => {
    const timer = setTimeout(callback, delayMs);
    return () => {
      clearTimeout(timer);
    };
  },
};
