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
      nextTurn: turn,
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
  /** Ends that read, once it has begun. */
  const end = async (at: number): Promise<void> => {
    while (gates[at] === undefined) await turn();
    gates[at].resolve(undefined);
  };
  return { ask, ring, reads, end };
}

describe("shared reads", () => {
  it("read together what was asked in one turn, though each would be answered before the next one asks", async () => {
    const { ask, reads, end } = bench();
    const answers = ["a1", "a2", "b1"].map(ask);
    assert.deepEqual(reads, []);
    await end(0);
    await end(1);
    assert.deepEqual(await Promise.all(answers), ["a1!", "a2!", "b1!"]);
    assert.deepEqual(reads, [["a1", "a2"], ["b1"]]);
  });

  it("read together what was asked while the last read was under way, and nothing that was asked before it", async () => {
    const { ask, reads, end } = bench();
    const first = ask("a1");
    await turn();
    const answers = ["a2", "a3"].map(ask);
    await turn();
    assert.deepEqual(reads, [["a1"]]);
    await end(0);
    assert.equal(await first, "a1!");
    await end(1);
    // That one has begun; who asks now waits for another.
    const late = ask("a4");
    assert.deepEqual(await Promise.all(answers), ["a2!", "a3!"]);
    await end(2);
    assert.equal(await late, "a4!");
    assert.deepEqual(reads, [["a1"], ["a2", "a3"], ["a4"]]);
  });

  it("hold nobody up behind one that takes long", async () => {
    const { ask, ring, reads, end } = bench();
    const long = ask("a1");
    await turn();
    const next = ask("a2");
    ring();
    await end(1);
    assert.equal(await next, "a2!");
    await end(0);
    assert.equal(await long, "a1!");
    assert.deepEqual(reads, [["a1"], ["a2"]]);
  });

  it("let a question that can't be answered fail alone", async () => {
    const { ask, end } = bench();
    const first = ask("a1");
    await turn();
    const both = Promise.allSettled([ask("a2"), ask("a-bad")]);
    for (let at = 0; at < 4; at += 1) await end(at);
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
        nextTurn: turn,
        read: async () => {
          reads += 1;
          return await Promise.reject(new StoreError("busy", "not now"));
        },
      },
      { keyOf: () => "", read: async () => await Promise.resolve([]) },
    );
    const settled = await Promise.allSettled(["1", "2", "3"].map(ask));
    assert.deepEqual([settled.map(({ status }) => status), reads], [["rejected", "rejected", "rejected"], 1]);
  });
});
