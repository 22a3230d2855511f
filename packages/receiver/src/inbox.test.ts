import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, it } from "node:test";
import type { ReceiverStore } from "./dedupe/dedupe-store.ts";
import { createMemoryStore } from "./dedupe/memory.ts";
import { createSqliteStore } from "./dedupe/sqlite.ts";
import { createReceiver, type ReceiverOptions } from "./receive.ts";
import { ReceiverError } from "./receiver-error.ts";
import { golden, ID, SECRET, signed, type TestClock, testClock, utf8 } from "./signed.fixture.ts";

/** Timers that ring when told. */
interface Timers {
  readonly delays: number[];
  readonly setTimer: (run: () => void, delayMs: number) => void;
  readonly ring: () => void;
}

function timers(): Timers {
  const delays: number[] = [];
  const waiting: (() => void)[] = [];
  return {
    delays,
    setTimer: (run, delayMs) => {
      delays.push(delayMs);
      waiting.push(run);
    },
    ring: () => {
      for (const run of waiting.splice(0)) run();
    },
  };
}

function options(store: ReceiverStore, clock: TestClock, setTimer?: Timers["setTimer"]): ReceiverOptions {
  const rest = setTimer === undefined ? {} : { setTimer };
  return { secrets: [SECRET], acknowledge: "stored", store, nowMs: clock.nowMs, ...rest };
}

describe('acknowledge "stored"', () => {
  it("answers 204 before the handler ends, and a copy at once, and hands over outcome, id and exact bytes once", async () => {
    const clock = testClock();
    const entered = Promise.withResolvers<unknown>();
    const leave = Promise.withResolvers<undefined>();
    const receiver = createReceiver(options(createMemoryStore(clock), clock)).on("passed", async (outcome, event) => {
      entered.resolve([outcome.kind, event.id, event.test, event.possibleRetry, Buffer.from(event.body).toString()]);
      await leave.promise;
    });
    const request = await signed();
    assert.deepEqual((await receiver.receive(request)).result, { kind: "accepted" });
    assert.deepEqual(await entered.promise, ["passed", ID, false, false, Buffer.from(golden("passed")).toString()]);
    assert.deepEqual((await receiver.receive(request)).result, { kind: "duplicate" });
    leave.resolve(undefined);
    await receiver.drain();
    assert.deepEqual((await receiver.receive(request)).result, { kind: "duplicate" });
  });

  it("handles after a restart what was stored and not handled, from its SQLite file, when its lease ended", async () => {
    const folder = mkdtempSync(join(tmpdir(), "sameface-receiver-"));
    const file = join(folder, "received.sqlite");
    const clock = testClock();
    const entered = Promise.withResolvers<undefined>();
    const dying = createReceiver(options(createSqliteStore(new DatabaseSync(file), clock), clock)).on("passed", () => {
      entered.resolve(undefined);
      return new Promise(() => undefined);
    });
    assert.equal((await dying.receive(await signed())).status, 204);
    await entered.promise;
    const handled: string[] = [];
    const { setTimer, delays, ring } = timers();
    const store = createSqliteStore(new DatabaseSync(file), clock);
    const restarted = createReceiver(options(store, clock, setTimer)).on("passed", (_outcome, { id }) => {
      handled.push(id);
    });
    await restarted.drain();
    assert.deepEqual([handled, delays], [[], [60_000]]);
    clock.ms += 60_000;
    ring();
    await restarted.drain();
    assert.deepEqual(handled, [ID]);
    rmSync(folder, { recursive: true });
  });

  it("runs a handler that failed again after 1, 2, 4 s and so on up to an hour, and tells onError each time", async () => {
    const clock = testClock();
    const { setTimer, delays, ring } = timers();
    let faults = 14;
    const told: unknown[] = [];
    const receiver = createReceiver(options(createMemoryStore(clock), clock, setTimer))
      .on("passed", () => {
        faults -= 1;
        if (faults >= 0) throw new Error("not yet");
      })
      .onError((error, event) => void told.push((error as Error).message, event?.id));
    await receiver.receive(await signed());
    for (let time = 0; time < 14; time += 1) {
      await receiver.drain();
      clock.ms += delays.at(-1) ?? 0;
      ring();
    }
    await receiver.drain();
    assert.deepEqual(delays.slice(0, 4), [1000, 2000, 4000, 8000]);
    assert.deepEqual(delays.slice(-2), [3_600_000, 3_600_000]);
    assert.deepEqual([faults, told.length, told[1]], [-1, 28, ID]);
  });

  it("handles ten at the same time, and all that came while it ran", async () => {
    const clock = testClock();
    const store = createMemoryStore(clock);
    let running = 0;
    let most = 0;
    let handled = 0;
    const full = Promise.withResolvers<undefined>();
    const receiver = createReceiver(options(store, clock)).on("passed", async () => {
      running += 1;
      most = Math.max(most, running);
      if (running === 10) full.resolve(undefined);
      await full.promise;
      running -= 1;
      handled += 1;
    });
    for (let index = 0; index < 25; index += 1) await receiver.receive(await signed({ id: `id-${index}` }));
    await receiver.drain();
    assert.deepEqual([most, handled], [10, 25]);
  });

  it("answers 500 when the event could not be stored, since nothing would handle it", async () => {
    const clock = testClock();
    const database = new DatabaseSync(":memory:");
    const store = createSqliteStore(database, clock);
    database.close();
    const receiver = createReceiver(options(store, clock)).onError(() => undefined);
    assert.equal((await receiver.receive(await signed())).status, 500);
  });

  it("tells onError when the store is away, and looks again in 5 s", async () => {
    const clock = testClock();
    const { setTimer, delays } = timers();
    const database = new DatabaseSync(":memory:");
    const store = createSqliteStore(database, clock);
    const told: unknown[] = [];
    const receiver = createReceiver(options(store, clock, setTimer)).onError((error) => void told.push(String(error)));
    database.close();
    await receiver.drain();
    assert.match(String(told[0]), /not open|finalized/);
    assert.deepEqual(delays, [5000]);
  });

  it("sets no timer for a time that comes after the one it has", async () => {
    const clock = testClock();
    const { setTimer, delays } = timers();
    const receiver = createReceiver(options(createMemoryStore(clock), clock, setTimer))
      .on("passed", () => Promise.reject(new Error("never")))
      .onError(() => undefined);
    await receiver.receive(await signed({ id: "a" }));
    await receiver.drain();
    clock.ms += 500;
    await receiver.receive(await signed({ id: "b" }));
    await receiver.drain();
    assert.deepEqual(delays, [1000]);
  });

  it("alarms of one id with two bodies, keeps the other, and acknowledges", async () => {
    const clock = testClock();
    const store = createMemoryStore(clock);
    const conflicts: string[] = [];
    const receiver = createReceiver(options(store, clock)).onConflict(({ id }) => void conflicts.push(id));
    await receiver.receive(await signed());
    assert.deepEqual((await receiver.receive(await signed({ body: golden("mask") }))).result, { kind: "conflict" });
    assert.deepEqual([conflicts, (await store.quarantined()).map(({ reason }) => reason)], [[ID], ["conflict"]]);
  });

  it("puts what another version accepted and this one can't read into quarantine, and goes on", async () => {
    const clock = testClock();
    const store = createMemoryStore(clock);
    await store.accept({ id: "a", body: utf8("{"), bodyHash: "b", timestampSeconds: 1, possibleRetry: false });
    const receiver = createReceiver(options(store, clock)).onUnhandled(() => assert.fail("called"));
    await receiver.drain();
    assert.deepEqual(
      (await store.quarantined()).map(({ id, reason }) => [id, reason]),
      [["a", "not_json"]],
    );
    assert.deepEqual(await store.claim(1000), { kind: "idle", nextAtMs: null });
  });

  it("needs a store, and by the machine's timers lets the process end", async () => {
    assert.throws(
      () => createReceiver({ secrets: [SECRET], acknowledge: "stored" }),
      (error) => error instanceof ReceiverError && error.code === "badOption",
    );
    const store = createMemoryStore();
    const receiver = createReceiver({ secrets: [SECRET], acknowledge: "stored", store })
      .on("passed", () => Promise.reject(new Error("never")))
      .onError(() => undefined);
    await receiver.receive(await signed({ atSeconds: Math.floor(Date.now() / 1000) }));
    await receiver.drain(); // its timer of 1 s is unreferenced: this file ends before it rings
  });
});
