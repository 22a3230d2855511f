import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { systemClock } from "./clock.ts";
import { EngineError } from "./engine-error.ts";
import { allGone, childPids, computedMsOf, lostOf } from "./fixtures/child-processes.ts";
import { MODELS_FOLDER } from "./fixtures/pictures.ts";
import { DEFAULT_LIMITS, type Limits } from "./limits.ts";
import { DEFAULT_GATES } from "./measure.ts";
import { type ModelParcel, packModels } from "./model-parcel.ts";
import { MODEL_TABLE } from "./model-table.ts";
import type { Job } from "./picture-child.ts";
import { ChildPool, type PoolOutcome } from "./pool.ts";
import { prepareModels } from "./prepare-models.ts";

const UNRULY = fileURLToPath(new URL("./fixtures/unruly-child.ts", import.meta.url));

interface TestPool extends AsyncDisposable {
  readonly pool: ChildPool;
  /** Has a child do what `behaviour` of fixtures/unruly-child.ts says. */
  readonly ask: (behaviour: string) => Promise<PoolOutcome>;
}

async function openPool(
  options: { processes?: number; limits?: Partial<Limits>; entry?: string; models?: ModelParcel } = {},
): Promise<TestPool> {
  const { pool } = await ChildPool.start({
    launch: [],
    entry: options.entry ?? UNRULY,
    embedderId: "none",
    clock: systemClock,
    processes: options.processes ?? 1,
    models: options.models ?? { lengths: [], bytes: new Uint8Array(0) },
    start: {
      models: MODEL_TABLE,
      limits: { ...DEFAULT_LIMITS, ...options.limits },
      gates: DEFAULT_GATES,
      runtime: null,
      probePort: 9,
    },
  });
  return {
    pool,
    ask: async (behaviour) => await pool.inspect(jobOf(behaviour)),
    [Symbol.asyncDispose]: async () => {
      await pool.close();
    },
  };
}

function jobOf(behaviour: string): Job {
  const bytes = Buffer.from(`\xff\xd8\xff${behaviour}`, "latin1");
  return { bytes, format: "jpeg", purpose: "match", eyes: false, headCover: true };
}

/** Ten tries to be quick enough: the figures are for a machine that does nothing else. */
async function untilQuick(attempt: () => Promise<{ isQuick: boolean; text: string }>): Promise<void> {
  const slow: string[] = [];
  while (slow.length < 10) {
    const { isQuick, text } = await attempt();
    if (isQuick) return;
    slow.push(text);
  }
  assert.fail(slow.join("; "));
}

function problemOf(outcome: PoolOutcome): string {
  switch (outcome.kind) {
    case "overloaded":
      return "overloaded";
    case "lost":
      return outcome.problem;
    case "inspected":
      return outcome.measured.problems.join();
  }
}

describe("ChildPool with children that misbehave", () => {
  it("answers worker_crashed for a child that exits without a reply, dies of a signal or writes garbage, and goes on", async () => {
    await using test = await openPool();
    for (const behaviour of ["exit", "segv", "garbage", "longFrame", "otherId"]) {
      assert.equal(problemOf(await test.ask(behaviour)), "worker_crashed", behaviour);
      assert.equal(problemOf(await test.ask("answer")), "no_face", behaviour);
    }
  });

  it("answers worker_crashed for a reply whose numbers are none or out of range, or whose template has no vector", async () => {
    await using test = await openPool();
    for (const behaviour of ["liveAboveOne", "notANumber", "templateWithoutVector"]) {
      assert.equal(problemOf(await test.ask(behaviour)), "worker_crashed", behaviour);
    }
    assert.equal(problemOf(await test.ask("answer")), "no_face");
  });

  it("kills a child at the decode deadline, even one whose event loop is blocked, and at the inspection deadline", async () => {
    await using test = await openPool({ limits: { decodeTimeoutMs: 300, inspectTimeoutMs: 600 } });
    for (const [behaviour, problem, ms] of [
      ["hang", "decode_timeout", 300],
      ["spin", "decode_timeout", 300],
      ["decodeThenHang", "worker_crashed", 600],
    ] as const) {
      const before = childPids();
      const startedAt = performance.now();
      const outcome = await test.ask(behaviour);
      const took = performance.now() - startedAt;
      assert.equal(problemOf(outcome), problem);
      assert.ok(took >= ms - 1 && took < ms + 400, `${behaviour} took ${took.toFixed(0)} ms`);
      assert.equal(await lostOf(before), 1);
      assert.equal(problemOf(await test.ask("answer")), "no_face");
    }
  });

  it("tells the size that the header gave of a picture that was lost after it", async () => {
    await using test = await openPool({ limits: { decodeTimeoutMs: 200, inspectTimeoutMs: 300 } });
    const outcome = await test.ask("decodeThenHang");
    assert.deepEqual(outcome.kind === "lost" && outcome.header, { width: 640, height: 480, orientation: 1 });
  });

  it("kills a child that holds more memory than it may, long before its deadline", async () => {
    await using test = await openPool({ limits: { memoryBytes: 300_000_000 } });
    const startedAt = performance.now();
    assert.equal(problemOf(await test.ask("memory")), "worker_crashed");
    assert.ok(performance.now() - startedAt < 1500);
    assert.equal(problemOf(await test.ask("answer")), "no_face");
  });

  it("gives the next picture to the warm spare within 50 ms of a kill, and has a new spare within 500 ms", async () => {
    await using test = await openPool();
    const answerMs = async (startedAt: number): Promise<number> => {
      assert.equal(problemOf(await test.ask("answer")), "no_face");
      return performance.now() - startedAt;
    };
    await untilQuick(async () => {
      await test.ask("exit");
      const startedAt = performance.now();
      const spareMs = await answerMs(startedAt);
      // The spare is taken out as well: only a new one can answer now.
      await test.ask("exit");
      const newMs = await answerMs(startedAt);
      return {
        isQuick: spareMs < 50 && newMs < 500,
        text: `spare ${spareMs.toFixed(0)} ms, new ${newMs.toFixed(0)} ms`,
      };
    });
  });

  it("lets the spare stand in while the only other child hangs", async () => {
    await using test = await openPool();
    const hanging = test.ask("hang");
    const startedAt = performance.now();
    assert.equal(problemOf(await test.ask("answer")), "no_face");
    assert.ok(performance.now() - startedAt < 1000);
    assert.equal(problemOf(await hanging), "decode_timeout");
  });
});

describe("ChildPool with the real child", () => {
  it("replaces idle children that die, by ones that are ready within 500 ms of the kill", async () => {
    const entry = fileURLToPath(new URL("./child.ts", import.meta.url));
    const models = packModels(await prepareModels(MODELS_FOLDER, MODEL_TABLE));
    await untilQuick(async () => {
      // A pool of its own: all its children are ready, so the answer can only come from one that started after the kill.
      await using test = await openPool({ entry, models });
      const startedAt = performance.now();
      const killed = childPids();
      for (const pid of killed) process.kill(pid, "SIGKILL");
      await allGone(killed);
      assert.equal(problemOf(await test.ask("no picture")), "corrupt");
      const ms = performance.now() - startedAt;
      // On a machine that others use, too, what the quicker of the new children has computed stands for the time.
      const computedMs = Math.min(...childPids().map(computedMsOf));
      return { isQuick: Math.min(ms, computedMs) < 500, text: `${ms.toFixed(0)} ms, computed ${computedMs} ms` };
    });
  });
});

describe("ChildPool's queue and end", () => {
  it("works on as many pictures as it has processes, queues up to its limit and turns the next away at once", async () => {
    await using test = await openPool({ processes: 2, limits: { queue: 2, decodeTimeoutMs: 400 } });
    const hanging = [test.ask("hang"), test.ask("hang")];
    const waiting = [test.ask("answer"), test.ask("answer")];
    const startedAt = performance.now();
    assert.equal(problemOf(await test.ask("answer")), "overloaded");
    assert.ok(performance.now() - startedAt < 50);
    assert.deepEqual((await Promise.all(hanging)).map(problemOf), ["decode_timeout", "decode_timeout"]);
    const answered = await Promise.all(waiting);
    assert.deepEqual(answered.map(problemOf), ["no_face", "no_face"]);
    assert.ok(answered.every(({ queueMs }) => queueMs > 300));
  });

  it("turns away a picture that has waited as long as an inspection may take", async () => {
    await using test = await openPool({ limits: { decodeTimeoutMs: 3000, inspectTimeoutMs: 300 } });
    const [first, , third] = await Promise.all([test.ask("hang"), test.ask("hang"), test.ask("hang")]);
    // The second may get the first one's place in the moment in which it would have been turned away.
    assert.deepEqual([first, third].map(problemOf), ["worker_crashed", "overloaded"]);
  });

  it("never gives a picture to a second child after it killed the first", async () => {
    await using test = await openPool({ processes: 2 });
    const before = childPids();
    assert.equal(problemOf(await test.ask("exit")), "worker_crashed");
    // Twenty pictures later a second try would have taken a second child down.
    const outcomes = await Promise.all(Array.from({ length: 20 }, async () => await test.ask("answer")));
    assert.deepEqual(new Set(outcomes.map(problemOf)), new Set(["no_face"]));
    assert.equal(await lostOf(before), 1);
  });

  it("leaves no child when it is closed, and refuses pictures from then on, waiting ones included", async () => {
    const before = childPids().length;
    const { pool, ask } = await openPool();
    assert.equal(childPids().length, before + 2);
    const isClosed = (error: unknown) => error instanceof EngineError && error.code === "closed";
    const refused = [assert.rejects(ask("hang"), isClosed), assert.rejects(ask("answer"), isClosed)];
    await pool.close();
    await Promise.all(refused);
    assert.equal(childPids().length, before);
    await assert.rejects(ask("answer"), isClosed);
  });

  it("rejects with what a child printed when none can start, and leaves none", async () => {
    const before = childPids().length;
    await assert.rejects(openPool({ entry: "/nowhere/child.ts" }), /startFailed|Cannot find module/);
    assert.equal(childPids().length, before);
  });
});
