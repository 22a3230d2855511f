import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createStoreClock } from "./store-clock.ts";

describe("createStoreClock", () => {
  let wallMs = 1_000_000;
  let monotonicMs = 0;
  const { nowMs: now, takesMs } = createStoreClock({
    nowMs: () => wallMs,
    monotonicMs: () => monotonicMs,
    after: () => () => undefined,
  });
  const pass = (ms: number): void => {
    wallMs += ms;
    monotonicMs += ms;
  };

  it("follows the wall clock, goes on at half speed while that is behind, and never runs back", () => {
    assert.equal(now(), 1_000_000);
    pass(10);
    assert.equal(now(), 1_000_010);
    wallMs -= 1000;
    assert.equal(now(), 1_000_010);
    pass(100);
    assert.equal(now(), 1_000_060);
    pass(3000);
    assert.equal(now(), 1_002_110);
    wallMs += 5000;
    assert.equal(now(), 1_007_110);
  });

  it("says how long a wait takes, at half speed too", () => {
    pass(1_000_000);
    now();
    assert.equal(takesMs(300), 300);
    wallMs -= 1000;
    for (const durationMs of [300, 1000, 5000]) {
      const [began, dueMs] = [now(), takesMs(durationMs)];
      assert.equal(dueMs, durationMs + Math.min(durationMs, 1000));
      pass(dueMs);
      assert.equal(now() - began, durationMs);
      wallMs = now() - 1000;
    }
  });

  it("adds up times shorter than a millisecond", () => {
    wallMs -= 100_000;
    const before = now();
    for (let n = 0; n < 40; n += 1) {
      monotonicMs += 0.5;
      now();
    }
    assert.equal(now() - before, 10);
  });
});
