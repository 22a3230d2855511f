import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { FOR_LISTENER } from "../records.ts";
import type { NewEndpoint } from "../store.ts";
import type { ListenerClaim } from "../stream-store.ts";
import {
  ALL,
  AUDIT,
  type Bench,
  claim,
  decide,
  enrol,
  finish,
  newId,
  type OpenStore,
  openBench,
  random,
  refOf,
  states,
  TENANT,
} from "./bench.fixture.ts";

const LEASE_MS = 3_600_000;

async function makeStream({ store }: Bench, options: Partial<NewEndpoint> & { readonly name?: string } = {}) {
  const { name = "laptop", ...more } = options;
  const made = await store.createStream({
    tenantId: TENANT,
    endpointId: newId(),
    name,
    session: "s1",
    url: `stream:${name}`,
    description: null,
    profile: "standard",
    outcomes: null,
    sealedHeaders: null,
    authKind: null,
    sealedAuth: null,
    rateLimit: null,
    ordered: false,
    unverified: false,
    operator: false,
    secrets: [{ secretId: newId(), kind: "hmac", sealed: random.bytes(60), publicKey: null }],
    disabledReason: FOR_LISTENER,
    audit: AUDIT,
    ...more,
  });
  assert.ok(!("kind" in made));
  return made.endpointId;
}

/** Asks as a listener does; `takeBack` as its first look does. */
async function ask({ store }: Bench, endpointId: string, session = "s1"): Promise<ListenerClaim> {
  return await store.claimForListener({ tenantId: TENANT, endpointId, session, leaseMs: LEASE_MS, takeBack: true });
}

async function mustAsk(bench: Bench, endpointId: string, session = "s1") {
  const claimed = await ask(bench, endpointId, session);
  assert.ok(claimed.kind === "claimed", claimed.kind);
  return claimed.delivery;
}

export function streamConformance(open: OpenStore): void {
  describe("streams", () => {
    it("holds what happens for the listener, and never hands it to a worker", async () => {
      await using bench = await openBench(open);
      const endpointId = await makeStream(bench);
      let heard = 0;
      bench.store.onDeliveriesDue(() => {
        heard += 1;
      });
      const { event } = await decide(bench);
      assert.equal(heard, 1);
      assert.deepEqual(await states(bench), ["held listener"]);
      assert.deepEqual([await claim(bench), await bench.store.nextDueInMs()], [[], null]);
      const delivery = await mustAsk(bench, endpointId);
      assert.deepEqual(
        [delivery.eventId, delivery.attemptNumber, Buffer.from(delivery.body)],
        [event.eventId, 1, event.body],
      );
      assert.deepEqual(await states(bench), ["inFlight"]);
      assert.equal(await finish(bench, delivery), "recorded");
      assert.deepEqual([await states(bench), (await ask(bench, endpointId)).kind], [["delivered"], "empty"]);
    });

    it("hands out one at a time in the order of the events, a test send and a reopened one in their places", async () => {
      await using bench = await openBench(open);
      const { store } = bench;
      const endpointId = await makeStream(bench);
      const ids: string[] = [];
      for (let n = 0; n < 3; n += 1) ids.push((await decide(bench)).event.eventId);
      const where = { tenantId: TENANT, endpointId, audit: AUDIT, outcome: "passed", body: Buffer.from("{}") } as const;
      await store.createTestDelivery({ ...where, eventId: "test_1", deliveryId: newId() });
      const first = await mustAsk(bench, endpointId);
      await finish(bench, first, { kind: "dead", reason: "serverError" });
      assert.deepEqual(
        (await bench.store.listOperatorEvents({ tenantId: TENANT, ...ALL })).items,
        [],
        "told to nobody",
      );
      const second = await mustAsk(bench, endpointId);
      await finish(bench, second);
      const reopened = await store.retryDelivery({ tenantId: TENANT, deliveryId: first.deliveryId, audit: AUDIT });
      assert.ok(!("kind" in reopened));
      assert.deepEqual([reopened.status, reopened.reason], ["held", FOR_LISTENER]);
      const rest: string[] = [];
      for (let n = 0; n < 3; n += 1) {
        const delivery = await mustAsk(bench, endpointId);
        rest.push(delivery.eventId);
        await finish(bench, delivery);
      }
      assert.deepEqual([first.eventId, second.eventId, ...rest], [ids[0], ids[1], ids[0], ids[2], "test_1"]);
    });

    it("takes back what is in flight of a listener that asks again, and refuses the late result", async () => {
      await using bench = await openBench(open);
      const endpointId = await makeStream(bench);
      await decide(bench);
      const lost = await mustAsk(bench, endpointId);
      const again = await mustAsk(bench, endpointId);
      assert.deepEqual([again.deliveryId, again.attemptNumber], [lost.deliveryId, 1]);
      assert.equal(await finish(bench, lost), "stale");
      assert.equal(await finish(bench, again), "recorded");
    });

    it("leaves what is in flight alone where the listener only looks again", async () => {
      await using bench = await openBench(open);
      const endpointId = await makeStream(bench);
      await decide(bench);
      const delivery = await mustAsk(bench, endpointId);
      const look = { tenantId: TENANT, endpointId, session: "s1", leaseMs: LEASE_MS, takeBack: false };
      assert.equal((await bench.store.claimForListener(look)).kind, "empty");
      await decide(bench);
      assert.equal((await bench.store.claimForListener(look)).kind, "claimed");
      assert.equal(await finish(bench, delivery), "recorded");
    });

    it("lets what a listener took with it wait again when its lease has ended", async () => {
      await using bench = await openBench(open);
      const endpointId = await makeStream(bench);
      await decide(bench);
      await mustAsk(bench, endpointId);
      bench.advance(LEASE_MS + 1);
      assert.deepEqual(await claim(bench), []);
      assert.deepEqual(await states(bench), ["held listener"]);
    });

    it("belongs to the listener that opened it last, which finds all that was missed", async () => {
      await using bench = await openBench(open);
      const { store } = bench;
      const endpointId = await makeStream(bench);
      for (let n = 0; n < 3; n += 1) await decide(bench);
      await mustAsk(bench, endpointId);
      const opened = await store.openStream({ tenantId: TENANT, name: "laptop", session: "s2", outcomes: ["spoof"] });
      assert.deepEqual(
        [opened?.waiting, opened?.endpoint.endpointId, opened?.endpoint.outcomes],
        [3, endpointId, ["spoof"]],
      );
      assert.equal((await ask(bench, endpointId)).kind, "taken");
      assert.equal((await ask(bench, endpointId, "s2")).kind, "claimed");
      assert.equal((await ask(bench, newId())).kind, "unknown");
      assert.equal(await store.openStream({ tenantId: TENANT, name: "desk", session: "s3" }), null);
      const kept = await store.openStream({ tenantId: TENANT, name: "laptop", session: "s4" });
      assert.deepEqual(kept?.endpoint.outcomes, ["spoof"]);
    });

    it("refuses a second stream of one name, and lets another tenant have it", async () => {
      await using bench = await openBench(open);
      await makeStream(bench);
      await assert.rejects(makeStream(bench), assert.AssertionError);
      await bench.store.createTenant({ tenantId: "tenant-b", name: "B", audit: AUDIT });
      await makeStream(bench, { tenantId: "tenant-b" });
    });

    it("does not hand out what was erased meanwhile", async () => {
      await using bench = await openBench(open);
      const endpointId = await makeStream(bench);
      const ref = refOf("ann");
      const readRevision = await enrol(bench, ref);
      await decide(bench, { ref, readRevision });
      const inFlight = await mustAsk(bench, endpointId);
      await decide(bench, { ref, readRevision });
      await bench.store.eraseCustomer({ ...ref, receiptId: newId(), audit: AUDIT });
      assert.equal(await finish(bench, inFlight), "stale");
      assert.equal((await ask(bench, endpointId)).kind, "empty");
      assert.deepEqual(await states(bench), ["skipped erased", "skipped erased"]);
    });

    it("deletes a stream that nobody asked for, skips what waited, and leaves one that is asked for", async () => {
      await using bench = await openBench(open);
      const { store } = bench;
      const idle = await makeStream(bench);
      const used = await makeStream(bench, { name: "desk" });
      await decide(bench);
      bench.advance(1_000);
      await ask(bench, used);
      assert.equal(await store.deleteIdleStreams({ idleMs: 999 }), 1);
      const { items } = await store.listEndpoints({ tenantId: TENANT, ...ALL });
      assert.deepEqual(
        items.map((one) => one.endpointId),
        [used],
      );
      assert.equal((await ask(bench, idle)).kind, "unknown");
      assert.deepEqual((await states(bench)).toSorted(), ["inFlight", "skipped endpointDeleted"]);
      const audit = await store.listAudit({ tenantId: TENANT, ...ALL });
      assert.deepEqual(audit.items.at(-1)?.details, { reason: "idleStream" });
      assert.equal(await store.deleteIdleStreams({ idleMs: 999 }), 0);
    });
  });
}
