import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { ClaimedDelivery, NextStep } from "../store.ts";
import {
  addEndpoint,
  type Bench,
  claim,
  claimOne,
  decide,
  finish,
  newId,
  type OpenStore,
  openBench,
  states,
  TENANT,
} from "./bench.fixture.ts";

async function decideTimes(bench: Bench, times: number): Promise<void> {
  await Promise.all(Array.from({ length: times }, async () => await decide(bench)));
}

const perEndpoint = (claimed: readonly ClaimedDelivery[], endpointId: string): number =>
  claimed.filter((one) => one.endpoint.endpointId === endpointId).length;

export function claimConformance(open: OpenStore): void {
  describe("claims", () => {
    it("hands out a delivery with its bytes, its trace, its endpoint and a lease", async () => {
      await using bench = await openBench(open);
      const endpointId = await addEndpoint(bench, { url: "https://a.example/" });
      const event = {
        eventId: newId(),
        body: Buffer.from("{}"),
        traceparent: `00-${"1".repeat(32)}-${"2".repeat(16)}-01`,
      };
      const decision = await decide(bench, { outcome: "spoof", event });
      const claimed = await claimOne(bench);
      assert.deepEqual(
        { ...claimed, body: Buffer.from(claimed.body), deliveryId: "", endpoint: "" },
        {
          tenantId: TENANT,
          deliveryId: "",
          fencingToken: 1,
          leaseUntilMs: bench.nowMs() + 30_000,
          eventId: decision.event.eventId,
          sequence: 1,
          outcome: "spoof",
          body: decision.event.body,
          test: false,
          traceparent: event.traceparent,
          attemptNumber: 1,
          retriesDone: 0,
          crashes: 0,
          endpoint: "",
        },
      );
      assert.deepEqual(claimed.endpoint, await bench.store.readEndpoint({ tenantId: TENANT, endpointId }));
      assert.equal(claimed.endpoint.secrets.length, 1);
      assert.deepEqual([await claim(bench), await states(bench)], [[], ["inFlight"]]);
    });

    it("never hands one delivery to two of eight workers that claim at the same time", async () => {
      await using bench = await openBench(open);
      for (let n = 0; n < 5; n += 1) await addEndpoint(bench);
      await decideTimes(bench, 200);
      const seen: string[] = [];
      const work = async (limit: number): Promise<void> => {
        for (;;) {
          const claimed = await claim(bench, { limit });
          if (claimed.length === 0) return;
          seen.push(...claimed.map((one) => one.deliveryId));
          const results = await Promise.all(claimed.map(async (one) => await finish(bench, one)));
          assert.ok(results.every((kind) => kind === "recorded"));
        }
      };
      await Promise.all([1, 3, 7, 10, 20, 50, 64, 100].map(work));
      assert.deepEqual([seen.length, new Set(seen).size], [1000, 1000]);
    });

    it("refuses the result of a worker that was paused past its lease, and does not touch the row", async () => {
      await using bench = await openBench(open);
      await addEndpoint(bench);
      await decide(bench);
      const paused = await claimOne(bench);
      bench.advance(29_999);
      assert.deepEqual(await claim(bench), []);
      bench.advance(1);
      const next = await claimOne(bench);
      assert.deepEqual([next.deliveryId, next.crashes, next.attemptNumber], [paused.deliveryId, 1, 2]);
      assert.ok(next.fencingToken > paused.fencingToken);
      assert.equal(await finish(bench, paused, { kind: "dead", reason: "gone" }), "stale");
      assert.deepEqual(await states(bench), ["inFlight"]);
      assert.equal(await finish(bench, next), "recorded");
      assert.equal(await finish(bench, next, { kind: "dead", reason: "twice" }), "stale");
      assert.deepEqual(await states(bench), ["delivered"]);
      const { store } = bench;
      const delivery = await store.readDelivery({ tenantId: TENANT, deliveryId: next.deliveryId });
      assert.deepEqual(
        delivery?.attemptLog.map((attempt) => [attempt.number, attempt.result]),
        [[2, "delivered"]],
      );
    });

    it("takes a late result as long as nobody else has claimed the delivery", async () => {
      await using bench = await openBench(open);
      await addEndpoint(bench);
      await decide(bench);
      const claimed = await claimOne(bench);
      bench.advance(60_000);
      assert.equal(await finish(bench, claimed), "recorded");
      assert.deepEqual([await states(bench), await claim(bench)], [["delivered"], []]);
    });

    it("counts claims that ended without a result until one comes", async () => {
      await using bench = await openBench(open);
      await addEndpoint(bench);
      await decide(bench);
      const crashes: number[] = [];
      for (let n = 0; n < 4; n += 1) {
        crashes.push((await claimOne(bench)).crashes);
        bench.advance(30_000);
      }
      const last = await claimOne(bench);
      await finish(bench, last, { kind: "retry", afterMs: 0, reason: "x" });
      crashes.push(last.crashes, (await claimOne(bench)).crashes);
      assert.deepEqual(crashes, [0, 1, 2, 3, 4, 0]);
    });

    it("shares a claim fairly: one endpoint with 300 waiting takes no turn from the others", async () => {
      await using bench = await openBench(open);
      const busy = await addEndpoint(bench);
      await decideTimes(bench, 300);
      bench.advance(1000);
      const others = await Promise.all(Array.from({ length: 9 }, async () => await addEndpoint(bench)));
      await decideTimes(bench, 2);
      const first = await claim(bench, { limit: 10 });
      assert.deepEqual(
        [busy, ...others].map((id) => perEndpoint(first, id)),
        Array.from({ length: 10 }, () => 1),
      );
      const second = await claim(bench, { limit: 40 });
      assert.deepEqual(
        others.map((id) => perEndpoint(second, id)),
        Array.from({ length: 9 }, () => 1),
      );
      assert.equal(perEndpoint(second, busy), 31);
    });

    it("serves the endpoint that waited longest where there are more endpoints than room", async () => {
      await using bench = await openBench(open);
      const outcomes = ["passed", "spoof", "declined", "error"] as const;
      for (const outcome of outcomes) await addEndpoint(bench, { outcomes: [outcome] });
      for (const outcome of ["error", "spoof", "passed", "declined"] as const) {
        await decide(bench, { outcome });
        bench.advance(1);
      }
      const claimed = [...(await claim(bench, { limit: 2 })), ...(await claim(bench, { limit: 2 }))];
      assert.deepEqual(
        claimed.map((one) => one.outcome),
        ["error", "spoof", "passed", "declined"],
      );
    });

    it("keeps to the bound per endpoint, those already in flight included", async () => {
      await using bench = await openBench(open);
      await addEndpoint(bench);
      await decideTimes(bench, 10);
      const first = await claim(bench, { perEndpoint: 3, limit: 2 });
      const second = await claim(bench, { perEndpoint: 3 });
      assert.deepEqual([first.length, second.length, (await claim(bench, { perEndpoint: 3 })).length], [2, 1, 0]);
      const [done] = second;
      assert.ok(done !== undefined);
      await finish(bench, done);
      assert.equal((await claim(bench, { perEndpoint: 3 })).length, 1);
      bench.advance(30_000);
      assert.equal((await claim(bench, { perEndpoint: 3 })).length, 3);
    });

    it("leases ahead as many as a worker takes of an endpoint that nobody else sends to", async () => {
      await using bench = await openBench(open);
      const endpointId = await addEndpoint(bench);
      await decideTimes(bench, 20);
      const claimAs = async (holderId: string, room?: number): Promise<readonly ClaimedDelivery[]> => {
        const rooms = new Map(room === undefined ? [] : [[endpointId, room]]);
        return await claim(bench, { perEndpoint: 3, holder: { holderId, rooms } });
      };
      const first = await claimAs("a");
      const ahead = await claimAs("a", 5);
      assert.deepEqual([first.length, ahead.length, (await claimAs("a", 0)).length], [3, 5, 0]);
      assert.deepEqual(await claimAs("b"), [], "another one finds the endpoint full");
      for (const one of [...first, ...ahead].slice(0, 6)) await finish(bench, one);
      assert.equal((await claimAs("b")).length, 1, "what is left of three places is everybody's");
      assert.deepEqual(await claimAs("a", 5), [], "and nobody leases ahead where two send");
      bench.advance(30_000);
      assert.equal((await claimAs("b", 4)).length, 4, "leases that ran out are nobody's");
    });

    it("leases nothing ahead of an endpoint that recovers or has a rate", async () => {
      await using bench = await openBench(open);
      const recovering = await addEndpoint(bench);
      const slow = await addEndpoint(bench, { rateLimit: 10 });
      await decideTimes(bench, 20);
      const rooms = new Map([recovering, slow].map((endpointId) => [endpointId, 50]));
      for (const one of await claim(bench, { limit: 4 })) {
        const next: NextStep = { kind: "retry", afterMs: 0, reason: "timeout" };
        await finish(bench, one, one.endpoint.endpointId === recovering ? { ...next, slowEndpointMs: 0 } : undefined);
      }
      bench.advance(1_000);
      const claimed = await claim(bench, { perEndpoint: 3, holder: { holderId: "a", rooms } });
      assert.deepEqual([perEndpoint(claimed, recovering), perEndpoint(claimed, slow)], [1, 1]);
    });

    it("gives the places of a claim to endpoints that have room, whatever a worker takes of others", async () => {
      await using bench = await openBench(open);
      const recovering = await addEndpoint(bench);
      const shared = await addEndpoint(bench);
      await decideTimes(bench, 4);
      for (const one of await claim(bench, { limit: 2 })) {
        const next: NextStep = { kind: "retry", afterMs: 60_000, reason: "timeout" };
        await finish(bench, one, one.endpoint.endpointId === recovering ? { ...next, slowEndpointMs: 0 } : undefined);
      }
      const full = await claim(bench, { perEndpoint: 2 });
      assert.deepEqual([perEndpoint(full, recovering), perEndpoint(full, shared)], [1, 2]);
      bench.advance(1);
      const roomy = await addEndpoint(bench);
      await decide(bench);
      const rooms = new Map([recovering, shared].map((endpointId) => [endpointId, 2]));
      const claimed = await claim(bench, { limit: 1, perEndpoint: 2, holder: { holderId: "a", rooms } });
      assert.equal(perEndpoint(claimed, roomy), 1);
    });

    it("claims nothing of an endpoint that is slowed, and goes on with the others", async () => {
      await using bench = await openBench(open);
      const slow = await addEndpoint(bench);
      const other = await addEndpoint(bench);
      await decideTimes(bench, 2);
      const claimed = await claim(bench, { limit: 2 });
      for (const one of claimed) {
        const slowed = one.endpoint.endpointId === slow ? { slowEndpointMs: 5000 } : {};
        await finish(bench, one, { kind: "retry", afterMs: 1000, reason: "httpStatus", ...slowed });
      }
      const rest = await claim(bench);
      assert.deepEqual([perEndpoint(rest, slow), perEndpoint(rest, other)], [0, 1]);
      for (const one of rest) await finish(bench, one);
      assert.equal(await bench.store.nextDueInMs(), 1000);
      bench.advance(4999);
      for (const one of await claim(bench)) await finish(bench, one);
      assert.equal(await bench.store.nextDueInMs(), 1);
      bench.advance(1);
      // One at a time until it is well again.
      assert.equal(perEndpoint(await claim(bench), slow), 1);
    });

    it("retries when the time has come, and counts attempts and retries", async () => {
      await using bench = await openBench(open);
      await addEndpoint(bench);
      await decide(bench);
      let heard = 0;
      bench.store.onDeliveriesDue(() => {
        heard += 1;
      });
      const first = await claimOne(bench);
      await finish(bench, first, { kind: "retry", afterMs: 5000, reason: "timeout" });
      assert.deepEqual(await states(bench), ["failing timeout"]);
      assert.equal(heard, 1);
      const read = await bench.store.readDelivery({ tenantId: TENANT, deliveryId: first.deliveryId });
      assert.deepEqual([read?.attempts, read?.nextAttemptAtMs], [1, bench.nowMs() + 5000]);
      bench.advance(4999);
      assert.deepEqual([await claim(bench), await bench.store.nextDueInMs()], [[], 1]);
      bench.advance(1);
      assert.equal(await bench.store.nextDueInMs(), 0);
      const second = await claimOne(bench);
      assert.deepEqual([second.attemptNumber, second.retriesDone], [2, 1]);
      assert.equal(await bench.store.nextDueInMs(), 30_000);
      await finish(bench, second, { kind: "dead", reason: "exhausted" });
      assert.deepEqual([await states(bench), await bench.store.nextDueInMs()], [["dead exhausted"], null]);
    });

    it("gives a lease back unused, due at once and without an attempt", async () => {
      await using bench = await openBench(open);
      await addEndpoint(bench);
      await decide(bench);
      const { tenantId, deliveryId, fencingToken } = await claimOne(bench);
      await bench.store.releaseDelivery({ tenantId, deliveryId, fencingToken: fencingToken + 1 });
      assert.deepEqual(await states(bench), ["inFlight"]);
      await bench.store.releaseDelivery({ tenantId, deliveryId, fencingToken });
      assert.deepEqual(await states(bench), ["pending"]);
      const again = await claimOne(bench);
      assert.deepEqual([again.attemptNumber, again.crashes], [1, 0]);
      await finish(bench, again, { kind: "retry", afterMs: 0, reason: "x" });
      const third = await claimOne(bench);
      await bench.store.releaseDelivery(third);
      assert.deepEqual(await states(bench), ["failing x"]);
    });

    it("gives a lease back to its place, before all that came after it", async () => {
      await using bench = await openBench(open);
      await addEndpoint(bench);
      for (let n = 0; n < 5; n += 1) {
        await decide(bench);
        bench.advance(1);
      }
      const first = await claim(bench, { limit: 2 });
      bench.advance(1);
      for (const one of first.toReversed()) await bench.store.releaseDelivery(one);
      const again = await claim(bench, { limit: 3 });
      assert.deepEqual(
        again.slice(0, 2).map((one) => one.deliveryId),
        first.map((one) => one.deliveryId),
      );
    });

    it("neither bursts nor stalls when the wall clock is set back or forth during a backoff", async () => {
      await using bench = await openBench(open);
      await addEndpoint(bench);
      await decide(bench);
      await finish(bench, await claimOne(bench), { kind: "retry", afterMs: 10_000, reason: "x" });
      bench.stepWall(-3_600_000);
      assert.deepEqual(await claim(bench), []);
      // At half speed until the wall has caught up: at most one interval late, and the store says so.
      const dueInMs = (await bench.store.nextDueInMs()) ?? Number.NaN;
      assert.ok(dueInMs === 10_000 || dueInMs === 20_000, `${dueInMs}`);
      bench.advance(dueInMs);
      assert.equal((await claim(bench)).length, 1);
      // Forth: a store that goes by this host's clock sees the lease end now, one that goes by the database's does later.
      bench.stepWall(7_200_000);
      bench.advance(30_000);
      const taken = await claimOne(bench);
      assert.equal(await finish(bench, taken), "recorded");
    });

    it("records many results at once as if each came alone: stale ones, recovering endpoints and late ones too", async () => {
      await using bench = await openBench(open);
      const { store } = bench;
      const troubled = await addEndpoint(bench);
      for (let n = 0; n < 4; n += 1) await addEndpoint(bench);
      await decide(bench);
      for (const claimed of await claim(bench)) {
        const failed = { kind: "retry", afterMs: 1, reason: "httpStatus" } as const;
        await finish(bench, claimed, claimed.endpoint.endpointId === troubled ? failed : { kind: "delivered" });
      }
      for (let n = 0; n < 40; n += 1) await decide(bench);
      bench.advance(10);
      const claimed = await claim(bench, { limit: 1000, perEndpoint: 1000 });
      assert.equal(claimed.length, 201);
      const results = claimed.map((one, at) => (at % 10 === 0 ? { ...one, fencingToken: one.fencingToken + 1 } : one));
      const verdicts = await Promise.all(results.map(async (one) => await finish(bench, one)));
      for (const [at, verdict] of verdicts.entries()) assert.equal(verdict, at % 10 === 0 ? "stale" : "recorded");
      const seen = await states(bench);
      assert.equal(seen.filter((state) => state === "delivered").length, 180 + 4);
      assert.equal(seen.filter((state) => state.startsWith("inFlight")).length, 21);
      assert.equal((await store.readEndpoint({ tenantId: TENANT, endpointId: troubled }))?.consecutiveFailures, 0);
      for (const one of claimed.slice(1, 4)) {
        const { tenantId, deliveryId } = one;
        assert.equal((await store.readDelivery({ tenantId, deliveryId }))?.attemptLog.at(-1)?.httpStatus, 200);
      }
    });
  });
}
