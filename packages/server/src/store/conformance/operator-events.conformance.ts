import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { OperatorEvent } from "../records.ts";
import type { NextStep } from "../store.ts";
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

interface Envelope {
  readonly id: string;
  readonly type: string;
  readonly at: string;
  readonly tenantId: string;
  readonly data: Readonly<Record<string, unknown>>;
}

const envelopeOf = ({ body }: Pick<OperatorEvent, "body">): Envelope =>
  JSON.parse(Buffer.from(body ?? "null").toString("utf8")) as Envelope;

/** All that operators were told, oldest first. */
async function told({ store }: Bench, tenantId = TENANT): Promise<readonly Envelope[]> {
  return (await store.listOperatorEvents({ tenantId, ...ALL })).items.map(envelopeOf);
}

const typesOf = async (bench: Bench): Promise<readonly string[]> => (await told(bench)).map((one) => one.type);

/** One attempt at whatever is due, which is one delivery. */
async function attempt(bench: Bench, next: NextStep): Promise<void> {
  assert.equal(await finish(bench, await claimOne(bench), next), "recorded");
}

const retry = (afterMs: number): NextStep => ({ kind: "retry", afterMs, reason: "httpStatus" });
const DEAD: NextStep = { kind: "dead", reason: "httpStatus" };

export function operatorEventConformance(open: OpenStore): void {
  describe("operator events", () => {
    it("tells a disabled endpoint, whoever disabled it, in one envelope, once", async () => {
      await using bench = await openBench(open);
      const endpointId = await addEndpoint(bench);
      await decide(bench);
      await attempt(bench, { kind: "hold", reason: "gone" });
      const [gone, ...more] = await told(bench);
      assert.ok(gone !== undefined && more.length === 0);
      assert.deepEqual(Object.keys(gone), ["id", "type", "at", "tenantId", "data"]);
      assert.deepEqual(gone.data, { endpointId, reason: "gone" });
      assert.deepEqual([gone.type, gone.tenantId], ["endpoint.disabled", TENANT]);
      assert.equal(gone.at, new Date(bench.nowMs()).toISOString());
      const change = async (disabledReason: string | null): Promise<unknown> =>
        await bench.store.updateEndpoint({ tenantId: TENANT, endpointId, change: { disabledReason }, audit: AUDIT });
      await change("failing");
      await change(null);
      await change("operator");
      assert.deepEqual(
        (await told(bench)).map((one) => one.data["reason"]),
        ["gone", "operator"],
      );
    });

    it("tells a run of failures when it lasts, once, and the success that ends it", async () => {
      await using bench = await openBench(open);
      const endpointId = await addEndpoint(bench);
      await decide(bench);
      const failingSince = new Date(bench.nowMs()).toISOString();
      for (let n = 0; n < 5; n += 1) await attempt(bench, retry(0));
      assert.deepEqual(await typesOf(bench), [], "a burst is no run");
      bench.advance(60_000);
      await attempt(bench, retry(0));
      await attempt(bench, retry(0));
      const [failing] = await told(bench);
      const facts = { endpointId, reason: "httpStatus", failingSince, consecutiveFailures: 6 };
      assert.deepEqual(failing?.data, facts);
      await attempt(bench, { kind: "delivered" });
      await decide(bench);
      await attempt(bench, { kind: "delivered" });
      assert.deepEqual(await typesOf(bench), ["endpoint.failing", "endpoint.recovered"]);
    });

    it("tells neither a single failure that lasts nor an endpoint that flaps", async () => {
      await using bench = await openBench(open);
      await addEndpoint(bench);
      await decide(bench);
      await attempt(bench, retry(0));
      bench.advance(3_600_000);
      await attempt(bench, retry(0));
      for (let n = 0; n < 9; n += 1) {
        await attempt(bench, { kind: "delivered" });
        await decide(bench);
        await attempt(bench, retry(0));
        bench.advance(60_000);
      }
      assert.deepEqual(await typesOf(bench), []);
    });

    it("tells the first success of an endpoint that was disabled for failing and enabled again", async () => {
      await using bench = await openBench(open);
      const endpointId = await addEndpoint(bench);
      await decide(bench);
      await attempt(bench, { kind: "hold", reason: "failing" });
      await bench.store.updateEndpoint({
        tenantId: TENANT,
        endpointId,
        change: { disabledReason: null },
        audit: AUDIT,
      });
      await attempt(bench, { kind: "delivered" });
      assert.deepEqual(await typesOf(bench), ["endpoint.disabled", "endpoint.recovered"]);
    });

    it("tells a dead delivery, and not that of a test", async () => {
      await using bench = await openBench(open);
      const endpointId = await addEndpoint(bench);
      const { event } = await decide(bench);
      const claimed = await claimOne(bench);
      await finish(bench, claimed, DEAD);
      const test = {
        eventId: `test_${newId()}`,
        deliveryId: newId(),
        outcome: "passed",
        body: Buffer.from("{}"),
      } as const;
      await bench.store.createTestDelivery({ tenantId: TENANT, endpointId, ...test, audit: AUDIT });
      await attempt(bench, DEAD);
      const all = await told(bench);
      assert.deepEqual(
        all.map((one) => [one.type, one.data]),
        [
          [
            "delivery.dead",
            { deliveryId: claimed.deliveryId, eventId: event.eventId, endpointId, reason: "httpStatus", attempts: 1 },
          ],
        ],
      );
    });

    it("empties what it told of a customer's delivery when the customer is erased, and sends it no more", async () => {
      await using bench = await openBench(open);
      await addEndpoint(bench);
      await addEndpoint(bench, { operator: true });
      const ref = refOf("ann");
      await decide(bench, { ref });
      await attempt(bench, DEAD);
      await bench.store.eraseCustomer({ ...ref, receiptId: newId(), audit: AUDIT });
      const { items } = await bench.store.listOperatorEvents({ tenantId: TENANT, ...ALL });
      assert.deepEqual(
        items.map((one) => [one.type, one.body]),
        [["delivery.dead", null]],
      );
      assert.deepEqual(await claim(bench), []);
      assert.deepEqual(await states(bench), ["skipped erased", "dead erased"]);
    });

    it("writes nothing of a result that came too late", async () => {
      await using bench = await openBench(open);
      await addEndpoint(bench);
      await decide(bench);
      const claimed = await claimOne(bench);
      bench.advance(30_000);
      await claimOne(bench);
      assert.equal(await finish(bench, claimed, DEAD), "stale");
      assert.deepEqual(await typesOf(bench), []);
    });

    it("sends operator events to operator endpoints alone, and notifications to the others alone", async () => {
      await using bench = await openBench(open);
      await bench.store.createTenant({ tenantId: "tenant-b", name: "B", audit: AUDIT });
      const receiver = await addEndpoint(bench);
      const operator = await addEndpoint(bench, { operator: true, outcomes: ["passed"] });
      const off = await addEndpoint(bench, { operator: true, disabledReason: "unverified" });
      await addEndpoint(bench, { tenantId: "tenant-b", operator: true });
      await decide(bench);
      const first = await claimOne(bench);
      assert.equal(first.endpoint.endpointId, receiver);
      await finish(bench, first, DEAD);
      const [sent, ...more] = await claim(bench);
      const [event] = (await bench.store.listOperatorEvents({ tenantId: TENANT, ...ALL })).items;
      assert.ok(sent !== undefined && event !== undefined && more.length === 0);
      assert.deepEqual([sent.endpoint.endpointId, sent.outcome, sent.eventId], [operator, null, event.eventId]);
      assert.deepEqual(Buffer.from(sent.body), Buffer.from(event.body ?? ""));
      const filter = { endpointId: off, status: null, eventId: event.eventId };
      const held = await bench.store.listDeliveries({ tenantId: TENANT, ...filter, ...ALL });
      assert.deepEqual(
        held.items.map((one) => [one.status, one.reason]),
        [["held", "unverified"]],
      );
      assert.equal((await bench.store.listEvents({ tenantId: TENANT, ...ALL })).items.length, 1, "not in the feed");
    });

    it("lists a dead operator event as dead and tells it to nobody, or it would never end", async () => {
      await using bench = await openBench(open);
      await addEndpoint(bench);
      await addEndpoint(bench, { operator: true });
      await decide(bench);
      await attempt(bench, DEAD);
      await attempt(bench, DEAD);
      assert.deepEqual(await claim(bench), []);
      assert.deepEqual(await typesOf(bench), ["delivery.dead"]);
    });

    it("is read as a feed: page by page, and on from the last cursor", async () => {
      await using bench = await openBench(open);
      await addEndpoint(bench);
      for (let n = 0; n < 5; n += 1) {
        await decide(bench);
        await attempt(bench, DEAD);
      }
      const { store } = bench;
      const pages = async (after: string | null) =>
        await store.listOperatorEvents({ tenantId: TENANT, after, limit: 2 });
      const all = await everyPage(pages);
      assert.deepEqual(all.map(envelopeOf), await told(bench));
      assert.equal(new Set(all.map((one) => one.sequence)).size, 5);
      await assert.rejects(store.listEvents({ tenantId: TENANT, after: (await pages(null)).next, limit: 2 }), {
        code: "invalidCursor",
      });
    });
  });
}
