import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { pause } from "./clock.ts";
import { handClock } from "./hand-clock.fixture.ts";

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
