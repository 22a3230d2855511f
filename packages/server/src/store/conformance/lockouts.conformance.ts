import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { CounterKey, Decision, LockGuard } from "../store.ts";
import {
  ALL,
  AUDIT,
  type Bench,
  decide,
  enrol,
  NO_GUARD,
  newDecision,
  type OpenStore,
  openBench,
  refOf,
  TENANT,
} from "./bench.fixture.ts";

const REF = refOf("ann");
const CUSTOMER: CounterKey = { scope: "customer", subject: REF.subject };
const SOURCE: CounterKey = { scope: "source", subject: "one source" };
const GUARD: LockGuard = { keys: [CUSTOMER, SOURCE], limits: NO_GUARD.limits };
const failing = (keys: readonly CounterKey[]) => keys.map((key) => ({ ...key, change: "failure" }) as const);

/** A failed attempt at ann's, under guard. */
const failure = (readRevision: string | null): Decision =>
  newDecision(REF, { readRevision, guard: GUARD, counters: failing([CUSTOMER, SOURCE]) });

async function fail({ store }: Bench, readRevision: string, times: number): Promise<readonly string[]> {
  const kinds: string[] = [];
  for (let n = 0; n < times; n += 1) kinds.push((await store.recordDecision(failure(readRevision))).kind);
  return kinds;
}

const events = async ({ store }: Bench): Promise<number> =>
  (await store.listEvents({ tenantId: TENANT, ...ALL })).items.length;

export function lockoutConformance(open: OpenStore): void {
  describe("lockouts (T7)", () => {
    it("records five failures, then nothing until the wait is over, and says how long that is", async () => {
      await using bench = await openBench(open);
      const { store } = bench;
      const revision = await enrol(bench, REF);
      const look = async () => await store.readLock({ tenantId: TENANT, ...GUARD });
      assert.deepEqual(await look(), { kind: "open" });
      assert.deepEqual(await fail(bench, revision, 6), [...Array.from({ length: 5 }, () => "recorded"), "locked"]);
      assert.equal(await events(bench), 5);
      bench.advance(10_000);
      assert.deepEqual(await look(), { kind: "locked", retryAfterMs: 20_000 });
      const pass = newDecision(REF, { readRevision: revision, guard: GUARD, outcome: "passed" });
      assert.deepEqual(await store.recordDecision(pass), { kind: "locked" });
      bench.advance(20_000);
      assert.deepEqual(await look(), { kind: "open" });
      assert.deepEqual(await fail(bench, revision, 2), ["recorded", "locked"]);
    });

    it("lets five of forty failures at once through, whoever was first", async () => {
      await using bench = await openBench(open);
      const revision = await enrol(bench, REF);
      const all = await Promise.all(
        Array.from({ length: 40 }, async () => (await bench.store.recordDecision(failure(revision))).kind),
      );
      assert.equal(all.filter((kind) => kind === "recorded").length, 5);
      assert.equal(await events(bench), 5);
    });

    it("tells a lock by one event, counts every further attempt against its source, and tells the next lock anew", async () => {
      await using bench = await openBench(open);
      const { store } = bench;
      const revision = await enrol(bench, REF);
      const locked = async () =>
        await store.recordLockedAttempt(
          newDecision(REF, {
            readRevision: revision,
            guard: { ...GUARD, keys: [CUSTOMER] },
            counters: failing([SOURCE]),
            outcome: "error",
          }),
        );
      assert.deepEqual(await locked(), { kind: "open" });
      await fail(bench, revision, 5);
      assert.deepEqual(await Promise.all([locked(), locked(), locked()]), [
        { kind: "recorded", retryAfterMs: 30_000 },
        { kind: "quiet", retryAfterMs: 30_000 },
        { kind: "quiet", retryAfterMs: 30_000 },
      ]);
      assert.equal(await events(bench), 6);
      const source = async (stopAfterFailures: number) =>
        await store.readLock({
          tenantId: TENANT,
          keys: [SOURCE],
          limits: { ...NO_GUARD.limits, stopAfterFailures },
        });
      // Five failures, and the three that met the lock.
      assert.deepEqual([(await source(8)).kind, await source(8)], ["locked", { kind: "locked", retryAfterMs: null }]);
      assert.notDeepEqual(await source(9), { kind: "locked", retryAfterMs: null });
      bench.advance(30_000);
      await decide(bench, { ref: REF, readRevision: revision, counters: failing([CUSTOMER]) });
      assert.deepEqual(await locked(), { kind: "recorded", retryAfterMs: 30_000 });
      assert.deepEqual(await locked(), { kind: "quiet", retryAfterMs: 30_000 });
    });

    it("stops for ever at the last limit, with one event, until it is unlocked", async () => {
      await using bench = await openBench(open);
      const { store } = bench;
      const revision = await enrol(bench, REF);
      const limits = { ...NO_GUARD.limits, stopAfterFailures: 6 };
      const counters = failing([CUSTOMER]);
      for (let n = 0; n < 6; n += 1) await decide(bench, { ref: REF, readRevision: revision, counters });
      bench.advance(365 * 86_400_000);
      const guard = { keys: [CUSTOMER], limits };
      const locked = async () =>
        await store.recordLockedAttempt(newDecision(REF, { readRevision: revision, guard, outcome: "error" }));
      assert.deepEqual(await locked(), { kind: "recorded", retryAfterMs: null });
      bench.advance(365 * 86_400_000);
      assert.deepEqual(await locked(), { kind: "quiet", retryAfterMs: null });
      await store.unlock({ ...REF, audit: AUDIT });
      assert.deepEqual(await locked(), { kind: "open" });
    });

    it("resets a source on its own, of its tenant alone, and audits it", async () => {
      await using bench = await openBench(open);
      const { store } = bench;
      await decide(bench, { counters: failing([SOURCE]) });
      const unlock = async (tenantId: string) =>
        await store.unlockSource({ tenantId, subject: SOURCE.subject, audit: { ...AUDIT, action: "source.unlocked" } });
      assert.equal(await unlock("tenant-b"), false);
      assert.equal(await unlock(TENANT), true);
      assert.equal(await unlock(TENANT), false);
      const { items } = await store.listAudit({ tenantId: TENANT, ...ALL });
      assert.equal(items.filter((entry) => entry.action === "source.unlocked").length, 1);
    });

    it("records nothing for a customer that changed since it was read", async () => {
      await using bench = await openBench(open);
      await enrol(bench, REF);
      const decision = newDecision(REF, { readRevision: null, guard: GUARD });
      assert.deepEqual(await bench.store.recordLockedAttempt(decision), { kind: "customerChanged" });
    });
  });
}
