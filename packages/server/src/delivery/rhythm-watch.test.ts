import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Clock } from "../clock.ts";
import { createRhythmWatch } from "./rhythm-watch.ts";

describe("createRhythmWatch", () => {
  it("looks every minute, goes on after a look that failed, and stops without waiting for the next", async () => {
    const waits: number[] = [];
    const asleep = Promise.withResolvers<undefined>();
    const clock: Clock = {
      nowMs: () => 0,
      monotonicMs: () => 0,
      after: (delayMs, callback) => {
        waits.push(delayMs);
        if (waits.length === 3) asleep.resolve(undefined);
        else setImmediate(callback);
        return () => undefined;
      },
    };
    let looks = 0;
    const faults: unknown[] = [];
    const fault = new Error("the store is away");
    const watchRhythms = async (): Promise<void> => {
      looks += 1;
      await Promise.resolve();
      if (looks === 2) throw fault;
    };
    const report = (one: unknown): void => void faults.push(one);
    const watch = createRhythmWatch({ store: { watchRhythms }, clock, report });
    watch.start();
    watch.start();
    await asleep.promise;
    await watch.stop();
    assert.deepEqual([looks, waits, faults], [3, [60_000, 60_000, 60_000], [fault]]);
  });
});
