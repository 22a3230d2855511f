import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { isDeepStrictEqual } from "node:util";
import type { Store } from "../store.ts";
import {
  ALL,
  AUDIT,
  addEndpoint,
  type Bench,
  decide,
  enrol,
  newDecision,
  newId,
  type OpenStore,
  openBench,
  refOf,
  TENANT,
} from "./bench.fixture.ts";
import { type Actor, STORY, tell, UNTIL_ERASURE } from "./story.fixture.ts";

const OTHER = "tenant-b";

/** All that the port tells of a tenant, to be compared with itself. */
async function snapshot({ store }: Bench, tenantId: string): Promise<unknown> {
  const where = { tenantId, ...ALL };
  const deliveries = await store.listDeliveries({ ...where, endpointId: null, status: null, eventId: null });
  return [
    await store.listKeys(where),
    await store.readPolicy(where),
    await store.listCustomers({ ...where, needsEnrolment: null }),
    await store.listAuthentications({ ...where, customerId: null, outcome: null }),
    await store.listEndpoints(where),
    await store.listEvents(where),
    await Promise.all(deliveries.items.map(async (one) => await store.readDelivery(one))),
    await store.listAudit(where),
  ];
}

interface Ids {
  readonly keyId: string;
  readonly endpointId: string;
  readonly deliveryId: string;
  readonly eventId: string;
  readonly authenticationId: string;
  readonly fencingToken: number;
}

/** A tenant with one of everything, one delivery in flight. */
async function fill(bench: Bench, tenantId: string): Promise<Ids> {
  const { store } = bench;
  const keyId = newId();
  await store.createKey({
    tenantId,
    keyId,
    name: "k",
    hash: newId(),
    scopes: ["admin"],
    expiresAtMs: null,
    audit: AUDIT,
  });
  await store.writePolicy({ tenantId, policy: "{}", audit: AUDIT });
  const endpointId = await addEndpoint(bench, { tenantId });
  const ref = refOf("ann", tenantId);
  const readRevision = await enrol(bench, ref);
  const counters = [{ scope: "customer", subject: "subject", change: "failure" }] as const;
  const begun = { tenantId, key: "key", requestHash: "hash", subject: ref.subject, leaseMs: 1000 };
  await store.beginIdempotent(begun);
  const answer = { status: 200, body: Buffer.from("{}") };
  const idempotency = { key: "key", answer };
  const decision = await decide(bench, { ref, readRevision, counters, idempotency, outcome: "passed" });
  const [claimed] = await store.claimDeliveries({ limit: 1, perEndpoint: 1, leaseMs: 30_000 });
  assert.ok(claimed?.tenantId === tenantId);
  const { authenticationId } = decision.authentication;
  return { ...claimed, keyId, endpointId, authenticationId };
}

/** Calls of tenant B that name things of tenant A; each answers as if they did not exist. */
function trespasses(store: Store, ids: Ids): readonly (() => Promise<unknown>)[] {
  const where = { ...ids, tenantId: OTHER, audit: AUDIT };
  const ref = refOf("ann", OTHER);
  const attempt = {
    startedAtMs: 0,
    durationMs: 0,
    result: "delivered",
    reason: null,
    httpStatus: 200,
    replyBody: null,
    replyContentType: null,
  } as const;
  return [
    async () => await store.revokeKey(where),
    async () => await store.readCustomer(ref),
    async () => await store.block({ ...ref, reason: "x", revision: "r", audit: AUDIT }),
    async () => await store.unblock({ ...ref, revision: "r", audit: AUDIT }),
    async () => await store.unlock({ ...ref, audit: AUDIT }),
    async () => await store.readAuthentication(where),
    async () => await store.readEvent(where),
    async () => await store.readEndpoint(where),
    async () => await store.updateEndpoint({ ...where, change: { url: "https://evil.example/", disabledReason: "x" } }),
    async () => await store.deleteEndpoint(where),
    async () => await store.readDelivery(where),
    async () =>
      await store.createTestDelivery({ ...where, eventId: "test_1", outcome: "passed", body: Buffer.from("{}") }),
    async () =>
      (await store.claimForListener({ ...where, session: "s", leaseMs: 1, takeBack: true })).kind === "unknown",
    async () => ((await store.retryDelivery(where)) as { kind: string }).kind === "unknown",
    async () => (await store.finishAttempt({ ...where, attempt, next: { kind: "delivered" } })).kind === "stale",
  ];
}

async function liveAnother(bench: Bench, tenantId: string, steps = STORY): Promise<void> {
  await bench.store.createTenant({ tenantId, name: tenantId, audit: AUDIT });
  const other: Actor = { bench, tenantId, kept: [] };
  for (const step of steps) await step(other);
}

export function isolationConformance(open: OpenStore, othersEvery: number): void {
  describe("tenants apart", () => {
    it("answers calls of one tenant that name things of another as if they were not, and changes nothing", async () => {
      await using bench = await openBench(open);
      const { store } = bench;
      await store.createTenant({ tenantId: OTHER, name: "B", audit: AUDIT });
      const ids = await fill(bench, TENANT);
      const before = await snapshot(bench, TENANT);
      const empty = await snapshot(bench, OTHER);
      for (const [at, trespass] of trespasses(store, ids).entries()) {
        assert.ok([null, false, true].includes((await trespass()) as null), `call ${at}`);
      }
      await store.touchKey({ tenantId: OTHER, keyId: ids.keyId });
      await store.releaseDelivery({ ...ids, tenantId: OTHER });
      await store.abandonIdempotent({ tenantId: OTHER, key: "key" });
      assert.deepEqual(await snapshot(bench, OTHER), empty);
      await store.eraseCustomer({ ...refOf("ann", OTHER), receiptId: newId(), audit: AUDIT });
      assert.deepEqual(await snapshot(bench, TENANT), before);
    });

    it("tells a tenant's life the same, step by step, while between any two steps another lives the same with the same ids", async () => {
      // What each step answered, and all that the port tells afterwards.
      const live = async (others: boolean): Promise<readonly unknown[]> => {
        await using bench = await openBench(open);
        const me: Actor = { bench, tenantId: TENANT, kept: [] };
        const told: unknown[] = [];
        // One whose rows come first, and stay: its life stops before it erases anything.
        if (others) await liveAnother(bench, "a-tenant", STORY.slice(0, UNTIL_ERASURE));
        for (const [at, step] of STORY.entries()) {
          told.push(await step(me));
          if (others && at % othersEvery === 0) await liveAnother(bench, `other-${at}`);
          told.push(await tell(me));
        }
        return told;
      };
      const alone = await live(false);
      const among = await live(true);
      // Step by step, since the difference of two whole lives takes minutes to print.
      const at = alone.findIndex((one, n) => !isDeepStrictEqual(one, among[n]));
      assert.equal(at, -1, `step ${Math.trunc(at / 2)} ${at % 2 === 0 ? "answered" : "left"} something else`);
    });

    it("lets two tenants use the same ids for everything", async () => {
      await using bench = await openBench(open);
      const { store } = bench;
      await store.createTenant({ tenantId: OTHER, name: "B", audit: AUDIT });
      const endpointId = newId();
      const decision = newDecision(refOf("ann"));
      for (const tenantId of [TENANT, OTHER]) {
        await addEndpoint(bench, { tenantId, endpointId, url: `https://${tenantId}.example/` });
        assert.equal((await store.recordDecision({ ...decision, tenantId })).kind, "recorded");
      }
      const claimed = await store.claimDeliveries({ limit: 9, perEndpoint: 1, leaseMs: 1000 });
      const urls = claimed.map((one) => [one.tenantId, one.endpoint.url]).toSorted();
      assert.deepEqual(urls, [
        [TENANT, `https://${TENANT}.example/`],
        [OTHER, `https://${OTHER}.example/`],
      ]);
      const sequences = [TENANT, OTHER].map(
        async (tenantId) => (await store.readEvent({ tenantId, eventId: decision.event.eventId }))?.sequence,
      );
      assert.deepEqual(await Promise.all(sequences), [1, 1]);
    });
  });
}
