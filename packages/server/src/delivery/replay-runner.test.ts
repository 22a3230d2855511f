import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Clock } from "../clock.ts";
import { realRandom } from "./claimed.fixture.ts";
import { createReplayRunner } from "./replay-runner.ts";

/** A clock that keeps what was to be waited for, and lets it pass at once. */
function hastyClock(): { readonly clock: Clock; readonly waits: number[] } {
  const waits: number[] = [];
  const clock: Clock = {
    nowMs: () => 0,
    monotonicMs: () => 0,
    after: (delayMs, callback) => {
      waits.push(delayMs);
      const turn = setImmediate(callback);
      return () => {
        clearImmediate(turn);
      };
    },
  };
  return { clock, waits };
}

describe("createReplayRunner", () => {
  it("goes on at once while there is more, waits as told or as long as a poll, and outlives a store that fails", async () => {
    const { clock, waits } = hastyClock();
    const broken = new Error("the store is away");
    const answers: (number | null | Error)[] = [0, 0, 70, 60_000, null, broken, broken];
    const faults: unknown[] = [];
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const store = {
      advanceReplay: async () => {
        const answer = answers.shift();
        if (answers.length === 0) resolve(undefined);
        if (answer instanceof Error) throw answer;
        return await Promise.resolve(answer ?? null);
      },
    };
    const report = (fault: unknown): void => void faults.push(fault);
    const runner = createReplayRunner({ store, clock, random: { ...realRandom, fraction: () => 1 }, report });
    runner.start();
    runner.start();
    await promise;
    await runner.stop();
    assert.deepEqual(faults, [broken, broken]);
    assert.deepEqual(waits.slice(0, 4), [70, 500, 500, 100]);
  });

  it("lets its batch end before it stops, and begins no other", async () => {
    const { clock } = hastyClock();
    const batch = Promise.withResolvers<number>();
    let begun = 0;
    const advanceReplay = async (): Promise<number> => {
      begun += 1;
      return await batch.promise;
    };
    const runner = createReplayRunner({ store: { advanceReplay }, clock, random: realRandom, report: () => undefined });
    runner.start();
    let isStopped = false;
    const stopped = runner.stop().then(() => {
      isStopped = true;
    });
    await new Promise(setImmediate);
    assert.equal(isStopped, false);
    batch.resolve(0);
    await stopped;
    assert.equal(begun, 1);
  });
});
