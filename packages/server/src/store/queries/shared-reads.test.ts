import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { handClock } from "../../hand-clock.fixture.ts";
import { StoreError } from "../store-error.ts";
import type { ReadView } from "./backend.ts";
import { createSharedReads } from "./shared-reads.ts";

const turn = async (): Promise<void> => {
  await new Promise((resolve) => setImmediate(resolve));
};
const VIEW = { nowMs: 0 } as ReadView;

/** Reads that end when the test lets them; what each was asked is noted. */
function bench() {
  const { clock, ring } = handClock();
  const reads: string[][] = [];
  const gates: PromiseWithResolvers<undefined>[] = [];
  const ask = createSharedReads<string, string>(
    {
      clock,
      read: async (work) => {
        const gate = Promise.withResolvers<undefined>();
        gates.push(gate);
        const [found] = await Promise.allSettled([work(VIEW), gate.promise]);
        if (found.status === "rejected") throw found.reason;
        return found.value;
      },
    },
    {
      keyOf: (asked) => asked.slice(0, 1),
      read: async (_view, asked) => {
        reads.push([...asked]);
        if (asked.includes("a-bad")) throw new RangeError("bad");
        return await Promise.resolve(asked.map((one) => `${one}!`));
      },
    },
  );
  return { ask, ring, reads, gates };
}

describe("shared reads", () => {
  it("read together what was asked while the last read was under way, and nothing that was asked before it", async () => {
    const { ask, reads, gates } = bench();
    const answers = ["a1", "a2", "a3", "b1"].map(ask);
    assert.deepEqual(reads, [["a1"], ["b1"]]);
    gates[0]?.resolve(undefined);
    assert.equal(await answers[0], "a1!");
    await turn();
    // The next one has begun; who asks now waits for another.
    const late = ask("a4");
    gates[1]?.resolve(undefined);
    gates[2]?.resolve(undefined);
    assert.deepEqual(await Promise.all(answers), ["a1!", "a2!", "a3!", "b1!"]);
    await turn();
    gates[3]?.resolve(undefined);
    assert.equal(await late, "a4!");
    assert.deepEqual(reads, [["a1"], ["b1"], ["a2", "a3"], ["a4"]]);
  });

  it("hold nobody up behind one that takes long", async () => {
    const { ask, ring, reads, gates } = bench();
    const long = ask("a1");
    const next = ask("a2");
    ring();
    gates[1]?.resolve(undefined);
    assert.equal(await next, "a2!");
    gates[0]?.resolve(undefined);
    assert.equal(await long, "a1!");
    assert.deepEqual(reads, [["a1"], ["a2"]]);
  });

  it("let a question that can't be answered fail alone", async () => {
    const { ask, gates } = bench();
    const first = ask("a1");
    const both = Promise.allSettled([ask("a2"), ask("a-bad")]);
    for (let at = 0; at < 4; at += 1) {
      gates[at]?.resolve(undefined);
      await turn();
    }
    assert.equal(await first, "a1!");
    assert.deepEqual(
      (await both).map((one) => (one.status === "fulfilled" ? one.value : String(one.reason))),
      ["a2!", "RangeError: bad"],
    );
  });

  it("fail together where the store answers nobody", async () => {
    const { clock } = handClock();
    let reads = 0;
    const ask = createSharedReads<string, string>(
      {
        clock,
        read: async () => {
          reads += 1;
          return await Promise.reject(new StoreError("busy", "not now"));
        },
      },
      { keyOf: () => "", read: async () => await Promise.resolve([]) },
    );
    const settled = await Promise.allSettled(["1", "2", "3"].map(ask));
    assert.deepEqual([settled.map(({ status }) => status), reads], [["rejected", "rejected", "rejected"], 2]);
  });
});
