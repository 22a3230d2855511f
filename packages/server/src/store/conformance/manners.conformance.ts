import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { NextStep } from "../store.ts";
import {
  AUDIT,
  addEndpoint,
  claim,
  claimOne,
  decide,
  finish,
  type OpenStore,
  openBench,
  states,
  TENANT,
} from "./bench.fixture.ts";

const HOUR_MS = 3_600_000;

/** What an endpoint that fails, recovers or has a rate is spared. */
export function mannersConformance(open: OpenStore): void {
  describe("manners towards an endpoint", () => {
    it("disables an endpoint after 120 hours of failures only, at least ten of them, and holds what waits", async () => {
      await using bench = await openBench(open);
      const endpointId = await addEndpoint(bench);
      await decide(bench);
      const disabledReason = async (): Promise<string | null | undefined> =>
        (await bench.store.readEndpoint({ tenantId: TENANT, endpointId }))?.disabledReason;
      const fail = async (times: number, afterMs: number): Promise<void> => {
        for (let n = 0; n < times; n += 1) {
          await finish(bench, await claimOne(bench), { kind: "retry", afterMs, reason: "x" });
          bench.advance(afterMs);
        }
      };
      // Ten failures within an hour, and 120 hours with nine: neither is enough.
      await fail(10, 300_000);
      assert.equal(await disabledReason(), null);
      await finish(bench, await claimOne(bench));
      await decide(bench);
      await fail(8, HOUR_MS);
      bench.advance(112 * HOUR_MS - 1);
      await fail(1, 1);
      assert.equal(await disabledReason(), null);
      await fail(1, 0);
      assert.equal(await disabledReason(), "failing");
      assert.deepEqual(await states(bench), ["held failing", "delivered"]);
    });

    it("starts the 120 hours anew with one success", async () => {
      await using bench = await openBench(open);
      const endpointId = await addEndpoint(bench);
      const fail: NextStep = { kind: "retry", afterMs: 12 * HOUR_MS, reason: "x" };
      for (let n = 0; n < 30; n += 1) {
        await decide(bench);
        const [claimed] = await claim(bench, { limit: 1 });
        assert.ok(claimed !== undefined);
        await finish(bench, claimed, n === 12 ? { kind: "delivered" } : fail);
        bench.advance(6 * HOUR_MS);
      }
      // The run that lasts began after the success, and is shorter than 120 hours.
      const read = await bench.store.readEndpoint({ tenantId: TENANT, endpointId });
      assert.deepEqual([read?.disabledReason, read?.consecutiveFailures], [null, 17]);
    });

    it("lets one request at a time ask whether an outage is over, and doubles with each success", async () => {
      await using bench = await openBench(open);
      await addEndpoint(bench);
      for (let n = 0; n < 60; n += 1) await decide(bench);
      const fail: NextStep = { kind: "retry", afterMs: 0, reason: "timeout" };
      const inFlight = [...(await claim(bench, { perEndpoint: 10 }))];
      assert.equal(inFlight.length, 10);
      for (const one of inFlight.splice(0)) await finish(bench, one, fail);
      const rooms: number[] = [];
      for (let n = 0; n < 6; n += 1) {
        inFlight.push(...(await claim(bench, { perEndpoint: 10 })));
        rooms.push(inFlight.length);
        const done = inFlight.shift();
        assert.ok(done !== undefined);
        await finish(bench, done);
      }
      assert.deepEqual(rooms, [1, 2, 4, 8, 10, 10]);
    });

    it("asks one at a time, too, once the endpoint said that it is overloaded", async () => {
      await using bench = await openBench(open);
      await addEndpoint(bench);
      for (let n = 0; n < 5; n += 1) await decide(bench);
      const [first, ...rest] = await claim(bench, { perEndpoint: 2 });
      assert.ok(first !== undefined && rest.length === 1);
      await finish(bench, first, { kind: "retry", afterMs: 0, reason: "x", slowEndpointMs: 1000 });
      for (const one of rest) await bench.store.releaseDelivery(one);
      bench.advance(1000);
      assert.equal((await claim(bench, { perEndpoint: 10 })).length, 1);
    });

    it("claims no more than the rate of an endpoint, whoever claims, and says when the next may go", async () => {
      await using bench = await openBench(open);
      const endpointId = await addEndpoint(bench, { rateLimit: 20 });
      for (let n = 0; n < 40; n += 1) await decide(bench);
      const counts: number[] = [];
      for (let tick = 0; tick < 40; tick += 1) {
        const both = await Promise.all([claim(bench), claim(bench)]);
        counts.push(both.flat().length);
        for (const one of both.flat()) await finish(bench, one);
        bench.advance(25);
      }
      // A tenth of a second's worth at once, then one every 50 ms.
      assert.deepEqual(counts.slice(0, 6), [2, 0, 1, 0, 1, 0]);
      assert.equal(
        counts.reduce((sum, count) => sum + count, 0),
        21,
      );
      const dueInMs = await bench.store.nextDueInMs();
      assert.ok(dueInMs !== null && dueInMs <= 50);
      await bench.store.updateEndpoint({ tenantId: TENANT, endpointId, change: { rateLimit: null }, audit: AUDIT });
      assert.equal((await claim(bench)).length, 19);
    });
  });
}
