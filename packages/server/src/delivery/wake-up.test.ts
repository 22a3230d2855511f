import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { handClock } from "../hand-clock.fixture.ts";
import { createWakeUp } from "./wake-up.ts";

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
