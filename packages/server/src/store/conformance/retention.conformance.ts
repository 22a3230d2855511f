import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Swept } from "../records.ts";
import type { CustomerRef } from "../store.ts";
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

const DAY_MS = 86_400_000;
const AGE = { olderThanMs: 30 * DAY_MS } as const;

/** All batches of one sweep; what they took in all. */
async function sweepAll({ store }: Bench, limit = 500): Promise<Swept["counts"]> {
  const sum = { events: 0, deliveries: 0, authentications: 0, idempotency: 0 };
  let after: number | null = null;
  do {
    const swept: Swept = await store.sweep({ tenantId: TENANT, ...AGE, after, limit });
    for (const table of ["events", "deliveries", "authentications", "idempotency"] as const) {
      assert.ok(swept.counts[table] <= limit * 2, "a batch is bounded");
      sum[table] += swept.counts[table];
    }
    after = swept.next;
  } while (after !== null);
  return sum;
}

async function begun({ store }: Bench, key: string): Promise<string> {
  const { subject } = refOf("ann");
  const where = { tenantId: TENANT, key, requestHash: "hash", subject, leaseMs: 5_000 };
  return (await store.beginIdempotent(where)).kind;
}

const revisionOf = async (bench: Bench, ref: CustomerRef): Promise<string> => (await mustRead(bench, ref)).revision;

export function retentionConformance(open: OpenStore): void {
  describe("retention", () => {
    it("takes away what is final and old to the millisecond, with its attempts and its authentication", async () => {
      await using bench = await openBench(open);
      const { store } = bench;
      await addEndpoint(bench);
      await addEndpoint(bench, { outcomes: ["spoof"] });
      const old = await decide(bench);
      const [claimed] = await claim(bench);
      assert.ok(claimed !== undefined);
      await finish(bench, claimed);
      bench.advance(1);
      await decide(bench);
      bench.advance(AGE.olderThanMs - 1);
      assert.deepEqual(await sweepAll(bench), { events: 0, deliveries: 0, authentications: 0, idempotency: 0 });
      bench.advance(1);
      assert.deepEqual(await sweepAll(bench), { events: 1, deliveries: 2, authentications: 1, idempotency: 0 });
      assert.equal(await store.readDelivery(claimed), null);
      assert.equal(await store.readEvent({ tenantId: TENANT, eventId: old.event.eventId }), null);
      const { authenticationId } = old.authentication;
      assert.equal(await store.readAuthentication({ tenantId: TENANT, authenticationId }), null);
      assert.deepEqual((await states(bench)).toSorted(), ["pending", "skipped filtered"]);
    });

    it("keeps what still waits however old, with all that belongs to it, and goes on behind it", async () => {
      await using bench = await openBench(open);
      const held = await addEndpoint(bench, { disabledReason: "operator" });
      await decide(bench);
      await bench.store.deleteEndpoint({ tenantId: TENANT, endpointId: held, audit: AUDIT });
      await addEndpoint(bench);
      await addEndpoint(bench, { outcomes: ["spoof"] });
      const waits = await decide(bench);
      bench.advance(AGE.olderThanMs + 1);
      const [inFlight] = await claim(bench);
      assert.equal(inFlight?.eventId, waits.event.eventId);
      assert.deepEqual(await sweepAll(bench, 1), { events: 1, deliveries: 1, authentications: 1, idempotency: 0 });
      assert.deepEqual((await states(bench)).toSorted(), ["inFlight", "skipped filtered"]);
      await finish(bench, inFlight, { kind: "dead", reason: "timeout" });
      assert.equal((await sweepAll(bench)).events, 0, "it ended just now");
      bench.advance(AGE.olderThanMs + 1);
      assert.equal((await sweepAll(bench)).deliveries, 2);
    });

    it("finds whoever was neither enrolled nor passed for three years, to the second, and not who passed since", async () => {
      await using bench = await openBench(open);
      const forMs = 1_095 * DAY_MS;
      const found = async (): Promise<readonly string[]> =>
        (await bench.store.listUncontacted({ tenantId: TENANT, forMs, limit: 10 })).map((ref) => ref.customerId);
      const [ann, ben, cleo] = [refOf("ann"), refOf("ben"), refOf("cleo")];
      await enrol(bench, ann);
      const readRevision = await enrol(bench, ben);
      await enrol(bench, cleo);
      bench.advance(2 * DAY_MS);
      await decide(bench, { ref: ben, readRevision, outcome: "passed" });
      await decide(bench, { ref: ann, readRevision: await revisionOf(bench, ann), outcome: "not-recognized" });
      await enrol(bench, cleo);
      bench.advance(forMs - 2 * DAY_MS - 1_000);
      assert.deepEqual(await found(), []);
      bench.advance(1_000);
      assert.deepEqual(await found(), ["ann"]);
      bench.advance(2 * DAY_MS - 1_000);
      assert.deepEqual(await found(), ["ann"]);
      bench.advance(1_000);
      assert.deepEqual((await found()).toSorted(), ["ann", "ben", "cleo"]);
      assert.deepEqual(await bench.store.listUncontacted({ tenantId: "tenant-b", forMs, limit: 10 }), []);
    });

    it("never gives a place of the feed away again, and leaves customers and the audit alone", async () => {
      await using bench = await openBench(open);
      const { store } = bench;
      await decide(bench);
      bench.advance(AGE.olderThanMs + 1);
      const before = await store.listAudit({ tenantId: TENANT, ...ALL });
      await sweepAll(bench);
      assert.deepEqual(await store.listAudit({ tenantId: TENANT, ...ALL }), before);
      await decide(bench);
      const { items } = await store.listEvents({ tenantId: TENANT, ...ALL });
      assert.deepEqual(
        items.map((event) => event.sequence),
        [2],
      );
    });

    it("forgets answers that were kept for repeated requests, but not one that is being made", async () => {
      await using bench = await openBench(open);
      await begun(bench, "answered");
      await decide(bench, { idempotency: { key: "answered", answer: { status: 200, body: Buffer.from("{}") } } });
      assert.equal(await begun(bench, "died"), "started");
      bench.advance(AGE.olderThanMs - 1);
      assert.equal(await begun(bench, "answered"), "done");
      bench.advance(2);
      assert.equal(await begun(bench, "died"), "started");
      assert.equal((await sweepAll(bench)).idempotency, 1);
      assert.deepEqual([await begun(bench, "answered"), await begun(bench, "died")], ["started", "running"]);
    });

    it("sweeps batch by batch, also the answers alone, and one tenant only", async () => {
      await using bench = await openBench(open);
      const { store } = bench;
      await store.createTenant({ tenantId: "tenant-b", name: "B", audit: AUDIT });
      await decide(bench, { ref: refOf("ann", "tenant-b") });
      for (let n = 0; n < 5; n += 1) await decide(bench);
      for (let n = 0; n < 5; n += 1) await begun(bench, newId());
      bench.advance(AGE.olderThanMs + 1);
      assert.deepEqual(await sweepAll(bench, 2), { events: 5, deliveries: 0, authentications: 5, idempotency: 5 });
      assert.equal((await store.listEvents({ tenantId: "tenant-b", ...ALL })).items.length, 1);
    });
  });
}
