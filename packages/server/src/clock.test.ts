import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Clock, pause } from "./clock.ts";

/** A clock whose time passes only when the test says so. */
function handClock(): { clock: Clock; timers: Set<() => void>; ring: () => void } {
  const timers = new Set<() => void>();
  return {
    timers,
    ring: () => {
      for (const timer of timers) timer();
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

describe("pause", () => {
  it("ends by its time or by its signal, whichever comes first, and leaves no timer", async () => {
    const { clock, timers, ring } = handClock();
    const stop = new AbortController();
    const byTime = pause(1_000, { clock, signal: stop.signal });
    ring();
    await byTime;
    const bySignal = pause(1_000, { clock, signal: stop.signal });
    stop.abort();
    await bySignal;
    await pause(1_000, { clock, signal: stop.signal });
    assert.equal(timers.size, 0);
  });
});
