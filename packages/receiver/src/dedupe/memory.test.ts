import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ReceiverError } from "../receiver-error.ts";
import { testClock } from "../signed.fixture.ts";
import { dedupeConformance } from "./dedupe.conformance.ts";
import type { DedupeStore } from "./dedupe-store.ts";
import { inboxConformance } from "./inbox.conformance.ts";
import { createMemoryStore } from "./memory.ts";

const DAY_MS = 24 * 3_600_000;

dedupeConformance("memory", createMemoryStore);
inboxConformance("memory", createMemoryStore);

function entry(id: string): { id: string; bodyHash: string; leaseMs: number } {
  return { id, bodyHash: "aa", leaseMs: 60_000 };
}

async function handle(store: DedupeStore, id: string): Promise<void> {
  const begun = await store.begin(entry(id));
  assert.ok(begun.kind === "first", begun.kind);
  await store.done({ id, token: begun.token });
}

describe("createMemoryStore", () => {
  it("takes no new id when it is full of those of the last 4 days, and still knows the old ones", async () => {
    const clock = testClock();
    const store = createMemoryStore({ nowMs: clock.nowMs, maxEntries: 2 });
    await handle(store, "a");
    await handle(store, "b");
    clock.ms += 4 * DAY_MS - 1;
    assert.throws(
      () => store.begin(entry("c")),
      (error) => error instanceof ReceiverError && error.code === "storeFull",
    );
    assert.deepEqual(await store.begin(entry("a")), { kind: "done" });
  });

  it("forgets ids of more than 4 days when it is full, the oldest first, and no others", async () => {
    const clock = testClock();
    const store = createMemoryStore({ nowMs: clock.nowMs, maxEntries: 2 });
    await handle(store, "a");
    clock.ms += DAY_MS;
    await handle(store, "b");
    clock.ms += 3 * DAY_MS;
    await handle(store, "c");
    assert.deepEqual(await store.begin(entry("b")), { kind: "done" });
  });

  it("frees all of its room when everything in it is older than 4 days", async () => {
    const clock = testClock();
    const store = createMemoryStore({ nowMs: clock.nowMs, maxEntries: 2 });
    await handle(store, "a");
    await handle(store, "b");
    clock.ms += 4 * DAY_MS;
    await handle(store, "c");
    await handle(store, "d");
    assert.throws(() => store.begin(entry("e")));
  });

  it("lets a run of a full store be taken over", async () => {
    const clock = testClock();
    const store = createMemoryStore({ nowMs: clock.nowMs, maxEntries: 1 });
    await store.begin(entry("a"));
    clock.ms += 60_000;
    assert.equal((await store.begin(entry("a"))).kind, "first");
  });

  it("frees what is old also behind a run that never ended, and behind an id that came again", async () => {
    const clock = testClock();
    const store = createMemoryStore({ nowMs: clock.nowMs, maxEntries: 3 });
    await store.begin(entry("never ends"));
    await handle(store, "again");
    await handle(store, "old");
    clock.ms += 31 * DAY_MS;
    await handle(store, "again");
    await handle(store, "a");
    await handle(store, "b");
    assert.throws(() => store.begin(entry("c")));
  });

  it("refuses a size under 1", () => {
    for (const maxEntries of [0, -1, Number.NaN]) {
      assert.throws(
        () => createMemoryStore({ maxEntries }),
        (error) => error instanceof ReceiverError && error.code === "badOption",
      );
    }
  });
});
