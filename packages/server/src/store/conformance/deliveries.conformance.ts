import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Delivery, DeliveryStatus } from "../records.ts";
import type { NextStep, Store } from "../store.ts";
import {
  ALL,
  AUDIT,
  addEndpoint,
  type Bench,
  claim,
  claimOne,
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

const NO_FILTER = { endpointId: null, status: null, eventId: null } as const;

async function retry({ store }: Bench, deliveryId: string): Promise<string> {
  const result = await store.retryDelivery({ tenantId: TENANT, deliveryId, audit: AUDIT });
  return "kind" in result ? result.kind : result.status;
}

async function sendTest({ store }: Bench, endpointId: string): Promise<Delivery | null> {
  return await store.createTestDelivery({
    tenantId: TENANT,
    endpointId,
    eventId: `test_${newId()}`,
    deliveryId: newId(),
    outcome: "spoof",
    body: Buffer.from("{}"),
    audit: AUDIT,
  });
}

export function deliveryConformance(open: OpenStore): void {
  describe("deliveries", () => {
    it("lists deliveries newest first, by endpoint, status and event, and skips none while others are made", async () => {
      await using bench = await openBench(open);
      const { store } = bench;
      const endpoints = [await addEndpoint(bench), await addEndpoint(bench)];
      const events: string[] = [];
      for (let n = 0; n < 4; n += 1) events.unshift((await decide(bench)).event.eventId);
      const [done] = await store.claimDeliveries({ limit: 1, perEndpoint: 1, leaseMs: 1000 });
      assert.ok(done !== undefined);
      await finish(bench, done);
      const list = async (where: Partial<Parameters<Store["listDeliveries"]>[0]>): Promise<readonly Delivery[]> =>
        (await store.listDeliveries({ tenantId: TENANT, ...NO_FILTER, ...ALL, ...where })).items;
      assert.deepEqual(
        (await list({})).map((one) => one.eventId),
        events.flatMap((id) => [id, id]),
      );
      assert.deepEqual(
        (await list({ endpointId: endpoints[0] ?? "" })).map((one) => one.eventId),
        events,
      );
      assert.deepEqual(
        (await list({ status: "delivered" })).map((one) => one.deliveryId),
        [done.deliveryId],
      );
      assert.equal((await list({ eventId: events[1] ?? "" })).length, 2);
      const paged = await everyPage(
        async (after) => await store.listDeliveries({ tenantId: TENANT, ...NO_FILTER, after, limit: 3 }),
        async () => await decide(bench),
      );
      assert.deepEqual(
        paged.map((one) => one.eventId),
        events.flatMap((id) => [id, id]),
      );
      assert.equal(new Set(paged.map((one) => one.deliveryId)).size, 8);
    });

    it("pages through the endpoints of one event, each once, by any filter", async () => {
      await using bench = await openBench(open);
      const { store } = bench;
      const endpointIds: string[] = [];
      for (let n = 0; n < 5; n += 1) endpointIds.push(await addEndpoint(bench));
      await decide(bench);
      const { eventId } = (await decide(bench)).event;
      await decide(bench);
      const expected = endpointIds.toSorted().toReversed();
      const paged = async (where: Partial<Parameters<Store["listDeliveries"]>[0]>): Promise<readonly Delivery[]> =>
        await everyPage(
          async (after) => await store.listDeliveries({ tenantId: TENANT, ...NO_FILTER, after, limit: 2, ...where }),
        );
      const ofEvent = await paged({ eventId });
      assert.deepEqual(
        ofEvent.map((one) => [one.eventId, one.endpointId]),
        expected.map((endpointId) => [eventId, endpointId]),
      );
      assert.deepEqual(await paged({ eventId, status: "pending" }), ofEvent);
      assert.deepEqual((await paged({ status: "pending" })).slice(5, 10), ofEvent);
      assert.deepEqual(await paged({ eventId: newId() }), []);
      await claim(bench);
      const inFlight = await paged({ status: "inFlight" });
      assert.equal(inFlight.length, 15);
      assert.deepEqual(
        inFlight.slice(5, 10).map((one) => one.deliveryId),
        ofEvent.map((one) => one.deliveryId),
      );
    });

    it("finds those of each status, of one endpoint and of all", async () => {
      await using bench = await openBench(open);
      const { store } = bench;
      const endpointId = await addEndpoint(bench);
      const other = await addEndpoint(bench, { disabledReason: "operator" });
      await addEndpoint(bench, { outcomes: ["spoof"] });
      const ends: readonly NextStep[] = [
        { kind: "delivered" },
        { kind: "dead", reason: "timeout" },
        { kind: "retry", afterMs: 60_000, reason: "timeout" },
      ];
      for (const next of ends) {
        await decide(bench);
        await finish(bench, await claimOne(bench), next);
      }
      await decide(bench);
      await claimOne(bench);
      await decide(bench);
      const found = async (status: DeliveryStatus, of: string | null = null): Promise<readonly unknown[]> =>
        (await store.listDeliveries({ tenantId: TENANT, ...NO_FILTER, ...ALL, status, endpointId: of })).items.map(
          (one) => one.status,
        );
      for (const status of ["delivered", "dead", "failing", "inFlight", "pending"] as const) {
        assert.deepEqual(await found(status), [status]);
        assert.deepEqual(await found(status, endpointId), [status]);
        assert.deepEqual(await found(status, other), []);
      }
      assert.deepEqual([(await found("held")).length, (await found("held", other)).length], [5, 5]);
      assert.deepEqual([(await found("skipped")).length, (await found("skipped", other)).length], [5, 0]);
    });

    it("keeps every attempt with what came back", async () => {
      await using bench = await openBench(open);
      await addEndpoint(bench);
      await decide(bench);
      const claimed = await claimOne(bench);
      await finish(bench, claimed, { kind: "retry", afterMs: 0, reason: "httpStatus" });
      await finish(bench, await claimOne(bench));
      const read = await bench.store.readDelivery({ tenantId: TENANT, deliveryId: claimed.deliveryId });
      assert.deepEqual(
        [read?.status, read?.reason, read?.attempts, read?.nextAttemptAtMs],
        ["delivered", null, 2, null],
      );
      const log = read?.attemptLog.map(({ number, result, reason, httpStatus, replyBody, replyContentType }) => ({
        number,
        line: [result, reason, httpStatus, Buffer.from(replyBody ?? []).toString(), replyContentType],
      }));
      assert.deepEqual(log, [
        { number: 1, line: ["failed", "httpStatus", 500, "reply", "text/plain"] },
        { number: 2, line: ["delivered", null, 200, "reply", "text/plain"] },
      ]);
      assert.equal(await bench.store.readDelivery({ tenantId: TENANT, deliveryId: newId() }), null);
    });

    it("reopens a delivery by hand from a fresh schedule, whatever became of it, but not while it is in flight", async () => {
      await using bench = await openBench(open);
      await addEndpoint(bench);
      await decide(bench);
      const claimed = await claimOne(bench);
      const { deliveryId } = claimed;
      assert.equal(await retry(bench, deliveryId), "busy");
      await finish(bench, claimed, { kind: "retry", afterMs: 60_000, reason: "x" });
      assert.equal(await retry(bench, deliveryId), "pending");
      const second = await claimOne(bench);
      assert.deepEqual([second.attemptNumber, second.retriesDone], [2, 0]);
      await finish(bench, second, { kind: "dead", reason: "exhausted" });
      assert.equal(await retry(bench, deliveryId), "pending");
      await finish(bench, await claimOne(bench));
      assert.equal(await retry(bench, deliveryId), "pending");
      assert.equal((await claimOne(bench)).attemptNumber, 4);
      assert.equal(await retry(bench, newId()), "unknown");
    });

    it("reopens nothing of an endpoint that is disabled or gone, and nothing of an erased customer", async () => {
      await using bench = await openBench(open);
      const { store } = bench;
      const endpointId = await addEndpoint(bench);
      const ref = refOf("ann");
      await decide(bench, { ref });
      await decide(bench);
      const { items } = await store.listDeliveries({ tenantId: TENANT, ...NO_FILTER, ...ALL });
      const [kept, erased] = items.map((one) => one.deliveryId);
      await store.eraseCustomer({ ...ref, receiptId: newId(), audit: AUDIT });
      assert.equal(await retry(bench, erased ?? ""), "erased");
      const where = { tenantId: TENANT, endpointId, audit: AUDIT };
      await store.updateEndpoint({ ...where, change: { disabledReason: "operator" } });
      assert.equal(await retry(bench, kept ?? ""), "endpointUnavailable");
      await store.deleteEndpoint(where);
      assert.equal(await retry(bench, kept ?? ""), "endpointUnavailable");
      assert.deepEqual(await states(bench), ["skipped endpointDeleted", "skipped erased"]);
    });

    it("makes a test send for one endpoint, whatever its filter, marked and outside the feed", async () => {
      await using bench = await openBench(open);
      const { store } = bench;
      const endpointId = await addEndpoint(bench, { outcomes: [] });
      await addEndpoint(bench);
      const delivery = await sendTest(bench, endpointId);
      assert.deepEqual([delivery?.status, delivery?.test, delivery?.endpointId], ["pending", true, endpointId]);
      const claimed = await claimOne(bench);
      assert.deepEqual([claimed.test, claimed.outcome, claimed.eventId], [true, "spoof", delivery?.eventId]);
      assert.deepEqual((await store.listEvents({ tenantId: TENANT, ...ALL })).items, []);
      assert.equal((await store.readEvent({ tenantId: TENANT, eventId: claimed.eventId }))?.test, true);
      assert.equal(await sendTest(bench, newId()), null);
    });

    it("holds a test send for an endpoint that is disabled", async () => {
      await using bench = await openBench(open);
      const delivery = await sendTest(bench, await addEndpoint(bench, { disabledReason: "unverified" }));
      assert.deepEqual([delivery?.status, delivery?.reason, delivery?.nextAttemptAtMs], ["held", "unverified", null]);
    });
  });
}
