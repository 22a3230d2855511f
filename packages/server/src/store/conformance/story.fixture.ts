import type { Delivery } from "../records.ts";
import type { ClaimedDelivery, CustomerRef, NextStep } from "../store.ts";
import { ALL, AUDIT, addEndpoint, type Bench, finish, newDecision } from "./bench.fixture.ts";

/** One tenant's life, whose every id is the same in every tenant: whatever query forgets the tenant meets the other's row. */
export interface Actor {
  readonly bench: Bench;
  readonly tenantId: string;
  /** Leases kept from one step to the next. */
  readonly kept: ClaimedDelivery[];
}

type Step = (actor: Actor) => Promise<unknown>;

const PASSED = ["passed"] as const;
const refIn = ({ tenantId }: Actor, customerId = "ann"): CustomerRef => ({
  tenantId,
  customerId,
  subject: `subject of ${customerId}`,
});

async function enrolAs(actor: Actor, name: string, mode: "replace" | "add"): Promise<unknown> {
  const template = { interviewId: name, embedderId: name, sealed: Buffer.from(actor.tenantId), imageDigest: "d" };
  const consent = { reference: name };
  const enrolment = { ...refIn(actor), revision: name, consent, template, mode, maxTemplates: 2, audit: AUDIT };
  return await actor.bench.store.enrol(enrolment);
}

async function decideAs(actor: Actor, n: number, outcome: "passed" | "spoof"): Promise<unknown> {
  const ref = refIn(actor);
  const customer = await actor.bench.store.readCustomer(ref);
  const decision = newDecision(ref, { outcome, readRevision: customer?.revision ?? null });
  return await actor.bench.store.recordDecision({
    ...decision,
    authentication: { ...decision.authentication, authenticationId: `a${n}`, transactionId: `t${n}` },
    event: { eventId: `ev${n}`, body: Buffer.from(`${actor.tenantId} ${n}`) },
    counters: [
      { scope: "customer", subject: ref.subject, change: n === 2 ? "reset" : "failure" },
      { scope: "source", subject: "source", change: n === 2 ? "reset" : "failure" },
    ],
    kept: { sealed: Buffer.from(`${actor.tenantId} ${n}`), format: "png", orientation: 1, keepMs: 1_000 },
    idempotency: n === 1 ? { key: "key", answer: { status: 200, body: Buffer.from(actor.tenantId) } } : null,
  });
}

/** Leases what is due of this tenant; what the claim took of others goes back at once, as it was. */
async function claimAs({ bench, tenantId }: Actor, leaseMs = 30_000): Promise<readonly ClaimedDelivery[]> {
  const claimed = await bench.store.claimDeliveries({ limit: 500, perEndpoint: 500, leaseMs });
  for (const other of claimed) if (other.tenantId !== tenantId) await bench.store.releaseDelivery(other);
  const mine = claimed.filter((one) => one.tenantId === tenantId);
  return mine.toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
}

const nameOf = (one: ClaimedDelivery | Delivery): string =>
  `${one.eventId} ${"endpoint" in one ? one.endpoint.endpointId : one.endpointId}`;

const seen = (claimed: readonly ClaimedDelivery[]): unknown =>
  claimed.map((one) => [nameOf(one), one.body, one.endpoint, one.attemptNumber, one.retriesDone, one.crashes]);

const claimAndFinish =
  (next: NextStep): Step =>
  async (actor) => {
    const claimed = await claimAs(actor);
    const results: string[] = [];
    for (const one of claimed) results.push(await finish(actor.bench, one, next));
    return [seen(claimed), results];
  };

const change =
  (endpointId: string, disabledReason: string | null): Step =>
  async ({ bench, tenantId }) =>
    await bench.store.updateEndpoint({ tenantId, endpointId, change: { disabledReason }, audit: AUDIT });

const begin =
  (key: string): Step =>
  async (actor) => {
    const subject = refIn(actor).subject;
    const request = { tenantId: actor.tenantId, key, requestHash: actor.tenantId, subject, leaseMs: 0 };
    return await actor.bench.store.beginIdempotent(request);
  };

const remove =
  (endpointId: string): Step =>
  async ({ bench, tenantId }) =>
    await bench.store.deleteEndpoint({ tenantId, endpointId, audit: AUDIT });

const retryTest: Step = async ({ bench, tenantId }) =>
  await bench.store.retryDelivery({ tenantId, deliveryId: "d1", audit: AUDIT });

const retryOfEvent =
  (eventId: string): Step =>
  async ({ bench, tenantId }) => {
    const { store } = bench;
    const { items } = await store.listDeliveries({ tenantId, endpointId: "e1", status: null, eventId, ...ALL });
    const [deliveryId = ""] = items.map((one) => one.deliveryId);
    const result = await store.retryDelivery({ tenantId, deliveryId, audit: AUDIT });
    return "kind" in result ? result.kind : result.status;
  };

const sendTest =
  (deliveryId: string): Step =>
  async ({ bench, tenantId }) =>
    await bench.store.createTestDelivery({
      tenantId,
      endpointId: "e1",
      eventId: `test_${deliveryId}`,
      deliveryId,
      outcome: "passed",
      body: Buffer.from(tenantId),
      audit: AUDIT,
    });

const addEndpoints: Step = async ({ bench, tenantId }) => {
  const sealed = { sealedHeaders: Buffer.from(tenantId), sealedAuth: null };
  const secret = { secretId: "s", kind: "hmac", sealed: Buffer.from(tenantId), publicKey: null } as const;
  const url = `https://${tenantId}.example/`;
  await addEndpoint(bench, { tenantId, endpointId: "e1", url, ...sealed, secrets: [secret] });
  await addEndpoint(bench, { tenantId, endpointId: "e2", url, ...sealed, secrets: [secret], outcomes: PASSED });
};

const addKey: Step = async ({ bench, tenantId }) => {
  const key = { tenantId, keyId: "k", name: tenantId, hash: `hash of ${tenantId}`, scopes: [], expiresAtMs: null };
  await bench.store.writePolicy({ tenantId, policy: tenantId, keepPicturesMs: 500, audit: AUDIT });
  const most = { customers: 5, endpoints: null, keys: null, pictureBytes: null };
  await bench.store.writeQuotas({ tenantId, most, audit: AUDIT });
  return await bench.store.createKey({ ...key, audit: AUDIT });
};

/** A process that dies while its endpoint is disabled: the next claim ends what it had. */
const dieDisabled: Step = async (actor) => {
  const first = await claimAs(actor, 0);
  await change("e1", "operator")(actor);
  return [seen(first), seen(await claimAs(actor))];
};

const keep: Step = async (actor) => {
  actor.kept.push(...(await claimAs(actor)));
  return seen(actor.kept);
};

const releaseKept: Step = async ({ bench, kept }) => {
  for (const one of kept.splice(0)) await bench.store.releaseDelivery(one);
};

const finishKept: Step = async ({ bench, kept }) => {
  const results: string[] = [];
  for (const one of kept.splice(0)) results.push(await finish(bench, one, { kind: "dead", reason: "x" }));
  return results;
};

const crashOnce: Step = async (actor) => {
  await claimAs(actor, 0);
  return await claimAndFinish({ kind: "retry", afterMs: 0, reason: "late", slowEndpointMs: 0 })(actor);
};

const verify: Step = async ({ bench, tenantId }) =>
  await bench.store.verifyTransaction({ tenantId, transactionId: "t2", maxAgeMs: 1000, audit: AUDIT });

const erase: Step = async (actor) =>
  await actor.bench.store.eraseCustomer({ ...refIn(actor), receiptId: "receipt", audit: AUDIT });

export const STORY: readonly Step[] = [
  async (actor) => await enrolAs(actor, "first", "replace"),
  async (actor) => await enrolAs(actor, "second", "add"),
  async (actor) => await enrolAs(actor, "third", "add"),
  addEndpoints,
  addKey,
  begin("key"),
  begin("key"),
  async (actor) => await decideAs(actor, 1, "spoof"),
  begin("key"),
  sendTest("d1"),
  keep,
  retryTest,
  releaseKept,
  claimAndFinish({ kind: "retry", afterMs: 0, reason: "x", slowEndpointMs: 0 }),
  async (actor) => await decideAs(actor, 2, "passed"),
  verify,
  keep,
  finishKept,
  retryTest,
  crashOnce,
  change("e1", "operator"),
  async (actor) => await decideAs(actor, 3, "passed"),
  change("e1", "failing"),
  change("e1", null),
  dieDisabled,
  change("e1", null),
  keep,
  change("e1", "operator"),
  releaseKept,
  change("e1", null),
  async ({ bench, tenantId }) => {
    await bench.store.touchKey({ tenantId, keyId: "k" });
  },
  async ({ bench, tenantId }) => await bench.store.revokeKey({ tenantId, keyId: "k", audit: AUDIT }),
  async (actor) => await actor.bench.store.block({ ...refIn(actor), reason: "r", revision: "b", audit: AUDIT }),
  async (actor) => await actor.bench.store.unlock({ ...refIn(actor), audit: AUDIT }),
  async (actor) => await decideAs(actor, 4, "spoof"),
  async (actor) => await actor.bench.store.unblock({ ...refIn(actor), revision: "u", audit: AUDIT }),
  async (actor) => await actor.bench.store.block({ ...refIn(actor), reason: "r", revision: "b2", audit: AUDIT }),
  begin("other key"),
  async ({ bench, tenantId }) => {
    await bench.store.abandonIdempotent({ tenantId, key: "other key" });
  },
  begin("other key"),
  claimAndFinish({ kind: "hold", reason: "gone" }),
  change("e1", null),
  claimAndFinish({ kind: "hold", reason: "failing" }),
  async (actor) => await decideAs(actor, 5, "passed"),
  sendTest("d2"),
  change("e1", null),
  keep,
  remove("e2"),
  finishKept,
  async (actor) => await decideAs(actor, 6, "passed"),
  claimAndFinish({ kind: "delivered" }),
  async (actor) => await decideAs(actor, 7, "passed"),
  erase,
  retryOfEvent("ev2"),
  begin("key"),
  async (actor) => await enrolAs(actor, "again", "replace"),
  async (actor) => await decideAs(actor, 8, "spoof"),
  remove("e1"),
  retryTest,
];

/** Steps before the erasure. */
export const UNTIL_ERASURE = STORY.indexOf(erase);

/** All that the port tells of the actor's tenant, without the ids that the store draws. */
export async function tell(actor: Actor): Promise<unknown> {
  const { bench, tenantId } = actor;
  const { store } = bench;
  const where = { tenantId, ...ALL };
  const deliveries = await store.listDeliveries({ ...where, endpointId: null, status: null, eventId: null });
  const logs = await Promise.all(deliveries.items.map(async (one) => await store.readDelivery(one)));
  const named = logs.flatMap((log) => (log === null ? [] : [{ ...log, deliveryId: nameOf(log) }]));
  return [
    await store.listKeys(where),
    await store.readPolicy(where),
    (await store.readQuotas(where))?.used,
    await store.listPictures({ tenantId, authenticationIds: ["a1", "a8"] }),
    await store.readPicture({ tenantId, authenticationId: "a1" }),
    await store.readCustomer(refIn(actor)),
    await store.listCustomers({ ...where, needsEnrolment: null }),
    await store.listCustomers({ ...where, needsEnrolment: { embedderId: "second" } }),
    await store.listAuthentications({ ...where, customerId: "ann", outcome: null }),
    await store.listEndpoints(where),
    await store.listEvents(where),
    (await store.listOperatorEvents(where)).items.map((one) => [one.tenantId, one.sequence, one.type]),
    await store.readEvent({ tenantId, eventId: "ev1" }),
    await store.readAuthentication({ tenantId, authenticationId: "a1" }),
    named.toSorted((a, b) => (a.deliveryId < b.deliveryId ? -1 : 1)),
    await store.listAudit(where),
  ];
}
