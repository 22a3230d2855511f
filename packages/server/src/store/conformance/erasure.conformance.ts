import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { ErasureCounts } from "../records.ts";
import {
  ALL,
  AUDIT,
  addEndpoint,
  type Bench,
  claim,
  decide,
  enrol,
  finish,
  mustRead,
  newId,
  type OpenStore,
  openBench,
  refOf,
  states,
  TENANT,
} from "./bench.fixture.ts";

const ANN = refOf("ann");
const BEN = refOf("ben");

async function erase({ store }: Bench, ref = ANN): Promise<ErasureCounts> {
  return await store.eraseCustomer({ ...ref, receiptId: newId(), audit: AUDIT });
}

/** Everything that the port tells of a tenant, as one text. */
async function everything({ store }: Bench): Promise<string> {
  const where = { tenantId: TENANT, ...ALL };
  const deliveries = await store.listDeliveries({ ...where, endpointId: null, status: null, eventId: null });
  const logs = await Promise.all(deliveries.items.map(async (one) => await store.readDelivery(one)));
  const events = await store.listEvents(where);
  return JSON.stringify([
    await store.listCustomers({ ...where, needsEnrolment: null }),
    await store.listAuthentications({ ...where, customerId: null, outcome: null }),
    events.items.map((event) => ({ ...event, body: event.body === null ? null : Buffer.from(event.body).toString() })),
    logs.map((log) =>
      log?.attemptLog.map((one) => ({ ...one, replyBody: Buffer.from(one.replyBody ?? []).toString() })),
    ),
    deliveries,
    await store.listAudit(where),
  ]);
}

export function erasureConformance(open: OpenStore): void {
  describe("erasure", () => {
    it("leaves nothing that names the customer, and everything of another as it was", async () => {
      await using bench = await openBench(open);
      const { store } = bench;
      await addEndpoint(bench);
      const failure = { scope: "customer", change: "failure" } as const;
      for (const ref of [ANN, BEN]) {
        const readRevision = await enrol(bench, ref);
        await decide(bench, { ref, readRevision, counters: [{ ...failure, subject: ref.subject }] });
      }
      for (const one of await claim(bench)) await finish(bench, one, { kind: "retry", afterMs: 0, reason: "x" });
      await store.block({ ...ANN, reason: "ann has lied", revision: newId(), audit: AUDIT });
      assert.match(await everything(bench), /ann/);
      assert.deepEqual(await erase(bench), {
        customers: 1,
        templates: 1,
        authentications: 1,
        captures: 0,
        pictures: 0,
        seenPictures: 0,
        events: 1,
        deliveries: 1,
        deliveryAttempts: 1,
        blockReasons: 1,
        idempotency: 0,
        failureCounters: 1,
      });
      const text = await everything(bench);
      assert.doesNotMatch(text, /ann/);
      assert.match(text, /ben/);
      assert.equal(await store.readCustomer(ANN), null);
      assert.deepEqual((await mustRead(bench, BEN)).consecutiveFailures, 1);
      assert.deepEqual(await states(bench), ["failing x", "skipped erased"]);
      assert.equal((await claim(bench)).length, 1);
    });

    it("keeps the place of an erased event in the feed, without anything in it", async () => {
      await using bench = await openBench(open);
      const decision = await decide(bench, { ref: ANN });
      const createdAtMs = bench.nowMs();
      await erase(bench);
      const { items } = await bench.store.listEvents({ tenantId: TENANT, ...ALL });
      assert.deepEqual(items, [
        {
          eventId: decision.event.eventId,
          tenantId: TENANT,
          sequence: 1,
          outcome: null,
          authenticationId: null,
          body: null,
          test: false,
          createdAtMs,
        },
      ]);
    });

    it("makes the result of a delivery in flight stale, and nothing claims it again", async () => {
      await using bench = await openBench(open);
      await addEndpoint(bench);
      await decide(bench, { ref: ANN });
      const claimed = await claim(bench);
      await erase(bench);
      assert.deepEqual(await Promise.all(claimed.map(async (one) => await finish(bench, one))), ["stale"]);
      bench.advance(60_000);
      assert.deepEqual([await claim(bench), await states(bench)], [[], ["skipped erased"]]);
      const [delivery] = claimed;
      const read = await bench.store.readDelivery({ tenantId: TENANT, deliveryId: delivery?.deliveryId ?? "" });
      assert.deepEqual(read?.attemptLog, []);
    });

    it("leaves what was delivered or dead as it was, without words about it", async () => {
      await using bench = await openBench(open);
      await addEndpoint(bench);
      await decide(bench, { ref: ANN });
      await decide(bench, { ref: ANN });
      const [first, second] = await claim(bench);
      assert.ok(first !== undefined && second !== undefined);
      await finish(bench, first);
      await finish(bench, second, { kind: "dead", reason: "replied: ann unknown" });
      await erase(bench);
      assert.deepEqual((await states(bench)).toSorted(), ["dead erased", "delivered"]);
    });

    it("counts nothing the second time, and takes a customer that never was", async () => {
      await using bench = await openBench(open);
      const readRevision = await enrol(bench, ANN);
      await decide(bench, { ref: ANN, readRevision });
      await erase(bench);
      const zeros = Object.values(await erase(bench));
      assert.ok(zeros.length > 0 && zeros.every((count) => count === 0));
      assert.ok(Object.values(await erase(bench, refOf("nobody"))).every((count) => count === 0));
    });

    it("erases attempts that named a customer who was never enrolled", async () => {
      await using bench = await openBench(open);
      await decide(bench, { ref: ANN });
      assert.equal((await erase(bench))["events"], 1);
      assert.doesNotMatch(await everything(bench), /ann/);
    });

    it("lets an erased customer enrol again, and the block still holds without its reason", async () => {
      await using bench = await openBench(open);
      const { store } = bench;
      await enrol(bench, ANN);
      await store.block({ ...ANN, reason: "stolen", revision: newId(), audit: AUDIT });
      const blockedAtMs = bench.nowMs();
      bench.advance(5);
      await erase(bench);
      await enrol(bench, ANN);
      const customer = await mustRead(bench, ANN);
      assert.deepEqual(customer.block, { reason: null, blockedAtMs });
      assert.deepEqual([customer.templates.length, customer.createdAtMs], [1, bench.nowMs()]);
    });

    it("erases by tenant: the customer of the same id elsewhere stands", async () => {
      await using bench = await openBench(open);
      await bench.store.createTenant({ tenantId: "tenant-b", name: "B", audit: AUDIT });
      const other = refOf("ann", "tenant-b");
      await enrol(bench, ANN);
      const readRevision = await enrol(bench, other);
      const decision = await decide(bench, { ref: other, readRevision });
      await erase(bench);
      assert.equal((await mustRead(bench, other)).templates.length, 1);
      const event = await bench.store.readEvent({ tenantId: "tenant-b", eventId: decision.event.eventId });
      assert.notEqual(event?.body, null);
    });
  });
}
