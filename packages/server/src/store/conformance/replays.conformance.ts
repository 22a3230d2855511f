import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Replay, ReplayWhich } from "../records.ts";
import type { ClaimedDelivery, NextStep } from "../store.ts";
import {
  ALL,
  AUDIT,
  addEndpoint,
  type Bench,
  claim,
  decide,
  everyPage,
  finish,
  newId,
  type OpenStore,
  openBench,
  refOf,
  states,
  TENANT,
} from "./bench.fixture.ts";

const DEAD: NextStep = { kind: "dead", reason: "httpStatus" };

async function make(
  { store, nowMs }: Bench,
  endpointId: string,
  options: {
    readonly which?: ReplayWhich;
    readonly perSecond?: number;
    readonly sinceMs?: number;
    readonly untilMs?: number | null;
  } = {},
): Promise<Replay> {
  const order = { which: "all", perSecond: 10_000, sinceMs: nowMs() - 3_600_000, untilMs: null, ...options } as const;
  const made = await store.createReplay({ tenantId: TENANT, replayId: newId(), endpointId, ...order, audit: AUDIT });
  assert.ok(!("kind" in made), "the endpoint is there and enabled");
  return made;
}

async function read({ store }: Bench, { replayId }: Replay): Promise<Replay> {
  const replay = await store.readReplay({ tenantId: TENANT, replayId });
  assert.ok(replay !== null);
  return replay;
}

/** Until no replay runs; time passes as each batch asks. */
async function runAll(bench: Bench): Promise<void> {
  for (let waitMs = await bench.store.advanceReplay(); waitMs !== null; waitMs = await bench.store.advanceReplay()) {
    bench.advance(waitMs);
  }
}

async function sendAll(bench: Bench, next: NextStep = { kind: "delivered" }): Promise<readonly ClaimedDelivery[]> {
  const sent: ClaimedDelivery[] = [];
  for (let some = await claim(bench); some.length > 0; some = await claim(bench)) {
    for (const one of some) await finish(bench, one, next);
    sent.push(...some);
  }
  return sent;
}

const idsOf = (claimed: readonly { readonly eventId: string }[]): readonly string[] =>
  claimed.map((one) => one.eventId).toSorted();

async function decideMany(bench: Bench, count: number, outcome: "passed" | "spoof" = "passed"): Promise<string[]> {
  const ids: string[] = [];
  for (let n = 0; n < count; n += 1) ids.push((await decide(bench, { outcome })).event.eventId);
  return ids.toSorted();
}

export function replayConformance(open: OpenStore): void {
  describe("replays", () => {
    it("sends the dead again under the same id with the same bytes, as further attempts of the one delivery", async () => {
      await using bench = await openBench(open);
      const endpointId = await addEndpoint(bench);
      await decideMany(bench, 2);
      const first = await sendAll(bench, DEAD);
      const done = await decideMany(bench, 1);
      await sendAll(bench);
      const range = { tenantId: TENANT, endpointId, sinceMs: bench.nowMs() - 3_600_000, untilMs: null };
      const counted = await bench.store.countReplay({ ...range, which: "dead" });
      assert.deepEqual(counted, { events: 5, deliveries: 2, whole: true });
      assert.equal((await bench.store.countReplay({ ...range, which: "all" }))?.deliveries, 3);
      assert.equal(await bench.store.countReplay({ ...range, endpointId: newId(), which: "all" }), null);
      const replay = await make(bench, endpointId, { which: "dead" });
      assert.deepEqual([replay.status, replay.total, replay.looked, replay.queued], ["running", 5, 0, 0]);
      await runAll(bench);
      const again = await sendAll(bench);
      assert.deepEqual(idsOf(again), idsOf(first));
      assert.ok(!idsOf(again).includes(done[0] ?? ""));
      for (const one of again) {
        const before = first.find((old) => old.deliveryId === one.deliveryId);
        assert.deepEqual(Buffer.from(one.body), Buffer.from(before?.body ?? ""));
        assert.deepEqual([one.attemptNumber, one.retriesDone], [2, 0]);
      }
      const ended = await read(bench, replay);
      assert.deepEqual([ended.status, ended.looked, ended.queued], ["finished", 5, 2]);
      assert.deepEqual(new Set(await states(bench)), new Set(["delivered"]));
    });

    it("makes what is missing: events before the endpoint, and those that its filter of then skipped", async () => {
      await using bench = await openBench(open);
      const before = await decideMany(bench, 2);
      const unwanted = await decideMany(bench, 1, "spoof");
      const endpointId = await addEndpoint(bench, { outcomes: ["passed"] });
      const skipped = await decideMany(bench, 2, "spoof");
      await decideMany(bench, 1);
      await sendAll(bench);
      await make(bench, endpointId, { which: "missing" });
      await runAll(bench);
      assert.deepEqual(idsOf(await sendAll(bench)), before, "the filter of now still holds");
      const change = { tenantId: TENANT, endpointId, change: { outcomes: null }, audit: AUDIT };
      await bench.store.updateEndpoint(change);
      await make(bench, endpointId, { which: "missing" });
      await runAll(bench);
      assert.deepEqual(idsOf(await sendAll(bench)), [...unwanted, ...skipped].toSorted());
      await make(bench, endpointId, { which: "missing" });
      await runAll(bench);
      assert.deepEqual(await sendAll(bench), []);
    });

    it("sends all of a range, bounds included, and leaves what is under way or waits", async () => {
      await using bench = await openBench(open);
      const endpointId = await addEndpoint(bench);
      await decideMany(bench, 1);
      bench.advance(1_000);
      const sinceMs = bench.nowMs();
      const inside = await decideMany(bench, 1);
      bench.advance(1_000);
      inside.push(...(await decideMany(bench, 1)));
      const untilMs = bench.nowMs();
      bench.advance(1_000);
      await decideMany(bench, 1);
      await sendAll(bench);
      await make(bench, endpointId, { sinceMs, untilMs });
      await runAll(bench);
      const again = await claim(bench);
      assert.deepEqual(idsOf(again), inside.toSorted());
      const replay = await make(bench, endpointId, { sinceMs, untilMs });
      await runAll(bench);
      assert.equal((await read(bench, replay)).queued, 0, "they are in flight");
      for (const one of again) assert.equal(await finish(bench, one), "recorded");
    });

    it("makes due no more a second than it may, over all that run it", async () => {
      await using bench = await openBench(open);
      await decideMany(bench, 30);
      const endpointId = await addEndpoint(bench);
      const replay = await make(bench, endpointId, { perSecond: 10 });
      const startedAtMs = bench.nowMs();
      let waitMs = await bench.store.advanceReplay();
      while (waitMs !== null) {
        assert.equal(await bench.store.advanceReplay(), waitMs, "before its time nobody gets a batch");
        const { queued } = await read(bench, replay);
        assert.ok(queued <= 3 + ((bench.nowMs() - startedAtMs) * 10) / 1_000, `${queued}`);
        bench.advance(waitMs);
        waitMs = await bench.store.advanceReplay();
      }
      assert.equal((await read(bench, replay)).queued, 30);
      const seconds = (bench.nowMs() - startedAtMs) / 1_000;
      assert.ok(seconds >= 2.5 && seconds <= 3.5, `${seconds} s`);
    });

    it("gives each batch to one of many that ask at once", async () => {
      await using bench = await openBench(open);
      const ids = await decideMany(bench, 60);
      const endpointId = await addEndpoint(bench);
      const replay = await make(bench, endpointId, { perSecond: 40 });
      while ((await read(bench, replay)).status === "running") {
        await Promise.all(Array.from({ length: 4 }, async () => await bench.store.advanceReplay()));
        bench.advance(250);
      }
      assert.equal((await read(bench, replay)).queued, 60);
      assert.deepEqual(idsOf(await sendAll(bench)), ids);
    });

    it("stops when it is cancelled, keeps what it made due, and says so once", async () => {
      await using bench = await openBench(open);
      const { store } = bench;
      await decideMany(bench, 20);
      const endpointId = await addEndpoint(bench);
      const replay = await make(bench, endpointId, { perSecond: 8 });
      await store.advanceReplay();
      const where = { tenantId: TENANT, replayId: replay.replayId, audit: AUDIT };
      const cancelled = await store.cancelReplay(where);
      assert.deepEqual([cancelled?.status, cancelled?.queued], ["cancelled", 2]);
      bench.advance(60_000);
      assert.equal(await store.advanceReplay(), null);
      assert.equal((await sendAll(bench)).length, 2);
      const audits = (await store.listAudit({ tenantId: TENANT, ...ALL })).items.length;
      assert.deepEqual(await store.cancelReplay(where), cancelled);
      assert.equal((await store.listAudit({ tenantId: TENANT, ...ALL })).items.length, audits);
      assert.equal(await store.cancelReplay({ ...where, replayId: newId() }), null);
      const told = (await store.listOperatorEvents({ tenantId: TENANT, ...ALL })).items.map(
        ({ body }) => (JSON.parse(Buffer.from(body ?? "").toString()) as { type: string; data: unknown }).data,
      );
      const data = { replayId: replay.replayId, endpointId, which: "all", status: "cancelled", looked: 2, queued: 2 };
      assert.deepEqual(told, [data]);
    });

    it("waits while its endpoint is disabled, goes on when it is enabled, ends when it is deleted", async () => {
      await using bench = await openBench(open);
      const { store } = bench;
      await decideMany(bench, 4);
      const endpointId = await addEndpoint(bench);
      const replay = await make(bench, endpointId, { perSecond: 4 });
      const change = async (disabledReason: string | null): Promise<unknown> =>
        await store.updateEndpoint({ tenantId: TENANT, endpointId, change: { disabledReason }, audit: AUDIT });
      const pass = async (): Promise<Replay> => {
        bench.advance((await store.advanceReplay()) ?? 0);
        return await read(bench, replay);
      };
      assert.equal((await pass()).queued, 1);
      await change("operator");
      const waiting = await pass();
      assert.deepEqual([waiting.status, waiting.reason, waiting.queued], ["running", "operator", 1]);
      const refused = { tenantId: TENANT, replayId: newId(), endpointId, which: "all", sinceMs: 0 } as const;
      const answer = await store.createReplay({ ...refused, untilMs: null, perSecond: 1, audit: AUDIT });
      assert.deepEqual(answer, { kind: "endpointUnavailable" });
      await change(null);
      const going = await pass();
      assert.deepEqual([going.reason, going.queued], [null, 2]);
      await store.deleteEndpoint({ tenantId: TENANT, endpointId, audit: AUDIT });
      const ended = await pass();
      assert.deepEqual([ended.status, ended.reason, ended.queued], ["cancelled", "endpointDeleted", 2]);
      assert.equal(await store.advanceReplay(), null);
    });

    it("never sends again what was erased, what was a test, nor an operator event to a receiver", async () => {
      await using bench = await openBench(open);
      const { store } = bench;
      const ref = refOf("ann");
      await decide(bench, { ref });
      const endpointId = await addEndpoint(bench);
      const operator = await addEndpoint(bench, { operator: true });
      const test = {
        eventId: `test_${newId()}`,
        deliveryId: newId(),
        outcome: "passed",
        body: Buffer.from("{}"),
      } as const;
      await store.createTestDelivery({ tenantId: TENANT, endpointId, ...test, audit: AUDIT });
      const kept = await decideMany(bench, 1);
      await sendAll(bench, DEAD);
      await store.eraseCustomer({ ...ref, receiptId: newId(), audit: AUDIT });
      for (const which of ["missing", "dead", "all"] as const) await make(bench, endpointId, { which });
      await runAll(bench);
      const again = await claim(bench);
      assert.deepEqual(idsOf(again.filter((one) => one.endpoint.endpointId === endpointId)), kept);
      for (const one of again) await finish(bench, one);
      await make(bench, operator);
      await runAll(bench);
      const told = await claim(bench);
      assert.ok(told.length > 0 && told.every((one) => one.outcome === null && one.endpoint.endpointId === operator));
    });

    it("ends at once where the range holds nothing", async () => {
      await using bench = await openBench(open);
      const replay = await make(bench, await addEndpoint(bench));
      await runAll(bench);
      const { status, total, looked, finishedAtMs } = await read(bench, replay);
      assert.deepEqual([status, total, looked, finishedAtMs], ["finished", 0, 0, bench.nowMs()]);
    });

    it("is listed newest first, by endpoint, within its tenant", async () => {
      await using bench = await openBench(open);
      const { store } = bench;
      await store.createTenant({ tenantId: "tenant-b", name: "B", audit: AUDIT });
      const endpoints = [await addEndpoint(bench), await addEndpoint(bench)];
      const made: string[] = [];
      for (let n = 0; n < 4; n += 1) {
        made.unshift((await make(bench, endpoints[n % 2] ?? "")).replayId);
        bench.advance(1);
      }
      const page = async (after: string | null, endpointId: string | null = null) =>
        await store.listReplays({ tenantId: TENANT, endpointId, after, limit: 3 });
      const all = await everyPage(page);
      assert.deepEqual(
        all.map((one) => one.replayId),
        made,
      );
      const some = await page(null, endpoints[0] ?? "");
      assert.deepEqual(
        some.items.map((one) => one.replayId),
        made.filter((_, n) => n % 2 === 1),
      );
      const other = { tenantId: "tenant-b", replayId: made[0] ?? "", audit: AUDIT };
      assert.equal(await store.readReplay(other), null);
      assert.equal(await store.cancelReplay(other), null);
      const order = { endpointId: endpoints[0] ?? "", which: "all", sinceMs: 0, untilMs: null, perSecond: 1 } as const;
      const trespass = await store.createReplay({ ...other, ...order, replayId: newId() });
      assert.deepEqual(trespass, { kind: "endpointUnavailable" });
      assert.deepEqual((await store.listReplays({ tenantId: "tenant-b", endpointId: null, ...ALL })).items, []);
    });
  });
}
