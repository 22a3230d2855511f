import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ReceiverError } from "../receiver-error.ts";
import { type TestClock, testClock } from "../signed.fixture.ts";
import type { Begin, DedupeStore, ReceiverStore, RememberOptions } from "./dedupe-store.ts";

const DAY_MS = 24 * 3_600_000;
const ENTRY = { id: "0be5f261d076492d9d3b74f6", bodyHash: "aa", leaseMs: 60_000 };
const OTHER_BODY = { ...ENTRY, bodyHash: "bb" };

/** An empty store; all that are opened in one test may share what they keep. */
export type OpenStore = (options: RememberOptions) => ReceiverStore;

function tokenOf(begun: Begin): number {
  assert.ok(begun.kind === "first", begun.kind);
  return begun.token;
}

/** What every store for de-duplication must show. @param open makes an empty one, for each test anew */
export function dedupeConformance(name: string, open: OpenStore): void {
  const setUp = (): { clock: TestClock; store: DedupeStore } => {
    const clock = testClock();
    return { clock, store: open({ nowMs: clock.nowMs }) };
  };
  const begin = async (store: DedupeStore, entry = ENTRY): Promise<Begin> => await store.begin(entry);

  describe(`${name} store for de-duplication`, () => {
    it("lets the first begin, then says running, and done only once it was told so", async () => {
      const { store } = setUp();
      const token = tokenOf(await begin(store));
      assert.deepEqual(await begin(store), { kind: "running", retryAfterMs: 60_000 });
      await store.done({ id: ENTRY.id, token });
      assert.deepEqual(await begin(store), { kind: "done" });
    });

    it("lets exactly one of 1,000 at once begin", async () => {
      const { store } = setUp();
      const begun = await Promise.all(Array.from({ length: 1000 }, () => begin(store)));
      const count = (kind: Begin["kind"]): number => begun.filter((one) => one.kind === kind).length;
      assert.deepEqual([count("first"), count("running")], [1, 999]);
    });

    it("lets a failed event begin again at once, under another token", async () => {
      const { store } = setUp();
      const token = tokenOf(await begin(store));
      await store.failed({ id: ENTRY.id, token });
      assert.notEqual(tokenOf(await begin(store)), token);
    });

    it("lets another run take over when the lease ends, and not a millisecond before", async () => {
      const { clock, store } = setUp();
      const token = tokenOf(await begin(store));
      clock.ms += 59_999;
      assert.deepEqual(await begin(store), { kind: "running", retryAfterMs: 1 });
      clock.ms += 1;
      assert.notEqual(tokenOf(await begin(store)), token);
      assert.deepEqual(await begin(store), { kind: "running", retryAfterMs: 60_000 });
    });

    it("lets a failed event begin again after the time that was asked for", async () => {
      const { clock, store } = setUp();
      await store.failed({ id: ENTRY.id, token: tokenOf(await begin(store)), retryAfterMs: 5000 });
      assert.deepEqual(await begin(store), { kind: "running", retryAfterMs: 5000 });
      clock.ms += 5000;
      assert.equal((await begin(store)).kind, "first");
    });

    it("takes no failure from a run that was taken over", async () => {
      const { clock, store } = setUp();
      const token = tokenOf(await begin(store));
      clock.ms += 60_000;
      tokenOf(await begin(store));
      await store.failed({ id: ENTRY.id, token });
      assert.equal((await begin(store)).kind, "running");
    });

    it("counts the success of a run that was taken over, whatever the other says later", async () => {
      const { clock, store } = setUp();
      const late = tokenOf(await begin(store));
      clock.ms += 60_000;
      const second = tokenOf(await begin(store));
      await store.done({ id: ENTRY.id, token: late });
      assert.equal((await begin(store)).kind, "done");
      await store.failed({ id: ENTRY.id, token: second });
      assert.equal((await begin(store)).kind, "done");
    });

    it("counts the success of a run that was taken over by one that had failed", async () => {
      const { clock, store } = setUp();
      const late = tokenOf(await begin(store));
      clock.ms += 60_000;
      await store.failed({ id: ENTRY.id, token: tokenOf(await begin(store)) });
      await store.done({ id: ENTRY.id, token: late });
      assert.equal((await begin(store)).kind, "done");
    });

    it("calls another body a conflict while running, after a failure, after the lease and when done", async () => {
      const { clock, store } = setUp();
      const token = tokenOf(await begin(store));
      assert.deepEqual(await begin(store, OTHER_BODY), { kind: "conflict" });
      await store.failed({ id: ENTRY.id, token });
      assert.deepEqual(await begin(store, OTHER_BODY), { kind: "conflict" });
      const again = tokenOf(await begin(store));
      clock.ms += 60_000;
      assert.deepEqual(await begin(store, OTHER_BODY), { kind: "conflict" });
      await store.done({ id: ENTRY.id, token: again });
      assert.deepEqual(await begin(store, OTHER_BODY), { kind: "conflict" });
      assert.deepEqual(await begin(store), { kind: "done" });
    });

    it("remembers for 30 days, and then lets any body begin", async () => {
      const { clock, store } = setUp();
      await store.done({ id: ENTRY.id, token: tokenOf(await begin(store)) });
      clock.ms += 30 * DAY_MS - 1;
      assert.equal((await begin(store)).kind, "done");
      assert.equal((await begin(store, OTHER_BODY)).kind, "conflict");
      clock.ms += 1;
      const token = tokenOf(await begin(store, OTHER_BODY));
      assert.equal((await begin(store, OTHER_BODY)).kind, "running");
      await store.failed({ id: ENTRY.id, token });
      assert.equal((await begin(store, OTHER_BODY)).kind, "first");
    });

    it("remembers from the moment of done, not of begin", async () => {
      const { clock, store } = setUp();
      const token = tokenOf(await begin(store));
      clock.ms += DAY_MS;
      await store.done({ id: ENTRY.id, token });
      clock.ms += 30 * DAY_MS - 1;
      assert.equal((await begin(store)).kind, "done");
    });

    it("forgets in 4 days when told so, and refuses a shorter memory", async () => {
      const clock = testClock();
      const store = open({ nowMs: clock.nowMs, rememberMs: 4 * DAY_MS });
      await store.done({ id: ENTRY.id, token: tokenOf(await begin(store)) });
      clock.ms += 4 * DAY_MS - 1;
      assert.equal((await begin(store)).kind, "done");
      clock.ms += 1;
      assert.equal((await begin(store)).kind, "first");
      for (const rememberMs of [4 * DAY_MS - 1, 0, Number.NaN]) {
        assert.throws(
          () => open({ rememberMs }),
          (error) => error instanceof ReceiverError && error.code === "badOption",
        );
      }
    });

    it("keeps ids apart, byte for byte, those of prototypes included", async () => {
      const { store } = setUp();
      for (const id of ["a", "A", "a ", "__proto__", "constructor", "x".repeat(256), "1", "01"]) {
        assert.equal((await begin(store, { ...ENTRY, id })).kind, "first", id);
        assert.equal((await begin(store, { ...ENTRY, id })).kind, "running", id);
      }
    });

    it("takes done and failed of an id that it does not know without effect", async () => {
      const { store } = setUp();
      await store.done({ id: ENTRY.id, token: 1 });
      await store.failed({ id: ENTRY.id, token: 1 });
      assert.equal((await begin(store)).kind, "first");
    });

    it("uses the machine's clock when none is handed in", async () => {
      const store = open({});
      const token = tokenOf(await begin(store));
      assert.equal((await begin(store)).kind, "running");
      await store.done({ id: ENTRY.id, token });
      assert.equal((await begin(store)).kind, "done");
    });
  });
}
