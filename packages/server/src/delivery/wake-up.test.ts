import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Clock } from "../clock.ts";
import { createWakeUp } from "./wake-up.ts";

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

describe("createWakeUp", () => {
  it("remembers a wake that comes before the wait, once", async () => {
    const { clock, timers, ring } = handClock();
    const wakeUp = createWakeUp(clock);
    wakeUp.wake();
    wakeUp.wake();
    await wakeUp.wait(1_000);
    const second = wakeUp.wait(1_000);
    assert.equal(timers.size, 1);
    ring();
    await second;
    assert.equal(timers.size, 0);
  });

  it("ends a wait without an end of its own when it is woken", async () => {
    const { clock, timers } = handClock();
    const wakeUp = createWakeUp(clock);
    const waiting = wakeUp.wait(null);
    assert.equal(timers.size, 0);
    wakeUp.wake();
    await waiting;
  });
});
