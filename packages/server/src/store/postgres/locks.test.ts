import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { systemClock } from "../../clock.ts";
import {
  AUDIT,
  addEndpoint,
  type Bench,
  claim,
  claimOne,
  decide,
  enrol,
  finish,
  newDecision,
  newId,
  openBench,
  random,
  refOf,
  TENANT,
} from "../conformance/bench.fixture.ts";
import type { Store } from "../store.ts";
import { createPostgresStore } from "./create-postgres-store.ts";
import { createTestSchema, needsPostgres, type TestSchema, waitsOrEnds } from "./test-database.fixture.ts";

/** A node, and statements of another one that is in the middle of its transaction. */
interface Meeting extends AsyncDisposable {
  readonly bench: Bench;
  readonly second: Store;
  readonly other: TestSchema["sql"];
}

async function openMeeting(): Promise<Meeting> {
  const schema = await createTestSchema();
  const open = async (): Promise<Store> => await createPostgresStore({ url: schema.url, clock: systemClock, random });
  const [store, second] = [await open(), await open()];
  const bench = await openBench(async () => await Promise.resolve({ store, dispose: async () => {} }));
  return {
    bench,
    second,
    other: schema.sql,
    [Symbol.asyncDispose]: async () => {
      await Promise.all([store.close(), second.close()]);
      await schema[Symbol.asyncDispose]();
    },
  };
}

const CUSTOMER = refOf("customer");
/** What every change of what a decision reads takes first. */
const TAKE_TENANT = "select * from feeds for no key update";
const BEGIN = "begin";
const COMMIT = "commit";

const BEFORE_FEWER_INDICES = [
  "drop trigger deliveries_attempts on deliveries",
  "drop function delete_attempts()",
  "drop index deliveries_feed, deliveries_status",
  `alter table deliveries drop constraint deliveries_events,
    add constraint deliveries_tenant_id_event_id_endpoint_id_unique unique (tenant_id, event_id, endpoint_id),
    add constraint deliveries_events foreign key (tenant_id, event_id) references events (tenant_id, event_id)`,
  `alter table delivery_attempts add constraint delivery_attempts_deliveries
    foreign key (tenant_id, delivery_id) references deliveries (tenant_id, delivery_id) on delete cascade`,
  "create index deliveries_list on deliveries (tenant_id, sequence, delivery_id)",
  "create index deliveries_list_status on deliveries (tenant_id, status, sequence, delivery_id)",
  "delete from migrations where name = '0018-fewer-indices'",
];

describe("locks between nodes of one PostgreSQL", needsPostgres(), () => {
  it("leave an endpoint to the node that claims from it at this moment, so that its bound holds over both", async () => {
    await using meeting = await openMeeting();
    const { bench, other } = meeting;
    const endpointId = await addEndpoint(bench);
    for (let n = 0; n < 10; n += 1) await decide(bench);
    const request = { limit: 10, perEndpoint: 7, leaseMs: 600_000 };
    // Another node's claim, not yet committed: it has its endpoint, and leases 7 that nobody else sees as leased.
    await other(BEGIN);
    await other("select * from endpoints for no key update");
    await other(`update deliveries set status = 'inFlight', fencing_token = 1, due_at_ms = due_at_ms + 600000
      where delivery_id in (select delivery_id from deliveries order by delivery_id limit 7)`);
    assert.deepEqual(await claim(bench, request), []);
    await other(COMMIT);
    assert.deepEqual(await claim(bench, request), [], "seven are in flight");
    await other(`update deliveries set status = 'delivered', due_at_ms = null where status = 'inFlight'`);
    assert.deepEqual(
      new Set((await claim(bench, request)).map((one) => one.endpoint.endpointId)),
      new Set([endpointId]),
    );
  });

  it("claim nothing of an endpoint that another node disables at this moment (F44)", async () => {
    await using meeting = await openMeeting();
    const { bench, other } = meeting;
    await addEndpoint(bench);
    await decide(bench);
    await other(BEGIN);
    await other("update endpoints set disabled_reason = 'manual'");
    assert.deepEqual(await claim(bench), []);
    await other(COMMIT);
    assert.deepEqual(await claim(bench), []);
  });

  it("end a delivery of an ordered endpoint only after what another node parks behind it at this moment", async () => {
    await using meeting = await openMeeting();
    const { bench, other } = meeting;
    await addEndpoint(bench, { ordered: true });
    await decide(bench, { ref: CUSTOMER });
    const first = await claimOne(bench);
    const second = await decide(bench, { ref: CUSTOMER });
    // Another node's claim, not yet committed.
    await other(BEGIN);
    await other("select * from endpoints for no key update");
    await other("update deliveries set due_at_ms = null where status = 'pending'");
    const finished = finish(bench, first);
    assert.equal(await waitsOrEnds(other, finished), "waits");
    await other(COMMIT);
    assert.equal(await finished, "recorded");
    assert.equal((await claimOne(bench)).eventId, second.event.eventId);
  });

  it("build no decision on a customer whom another node blocks at this moment: it is decided again (F43)", async () => {
    await using meeting = await openMeeting();
    const { bench, other } = meeting;
    const readRevision = await enrol(bench, CUSTOMER);
    await decide(bench);
    await other(BEGIN);
    await other(TAKE_TENANT);
    await other("update customers set revision = 'blocked'");
    const decided = bench.store.recordDecision(newDecision(CUSTOMER, { readRevision, outcome: "passed" }));
    assert.equal(await waitsOrEnds(other, decided), "waits");
    await other(COMMIT);
    assert.deepEqual(await decided, { kind: "customerChanged" });
  });

  it("let whatever changes what a decision reads wait for the one that is being decided", async () => {
    await using meeting = await openMeeting();
    const { bench, other } = meeting;
    const { store } = bench;
    const endpointId = await addEndpoint(bench);
    const revision = await enrol(bench, CUSTOMER);
    const { event } = await decide(bench, { ref: CUSTOMER, readRevision: revision });
    const { items } = await store.listDeliveries({
      tenantId: TENANT,
      endpointId,
      status: null,
      eventId: event.eventId,
      after: null,
      limit: 1,
    });
    const where = { tenantId: TENANT, endpointId, audit: AUDIT };
    const changes: Readonly<Record<string, () => Promise<unknown>>> = {
      enrol: async () => await enrol(bench, CUSTOMER),
      block: async () => await store.block({ ...CUSTOMER, reason: "r", revision: newId(), audit: AUDIT }),
      unblock: async () => await store.unblock({ ...CUSTOMER, revision: newId(), audit: AUDIT }),
      retryDelivery: async () =>
        await store.retryDelivery({ tenantId: TENANT, deliveryId: items[0]?.deliveryId ?? "", audit: AUDIT }),
      updateEndpoint: async () => await store.updateEndpoint({ ...where, change: { disabledReason: "manual" } }),
      rotateSecrets: async () => await store.rotateSecrets({ ...where, secrets: [], overlapMs: 1, mostLive: 9 }),
      deleteEndpoint: async () => await store.deleteEndpoint(where),
      eraseCustomer: async () => await store.eraseCustomer({ ...CUSTOMER, receiptId: newId(), audit: AUDIT }),
    };
    for (const [name, change] of Object.entries(changes)) {
      await other(BEGIN);
      await other(TAKE_TENANT);
      const done = change();
      assert.equal(await waitsOrEnds(other, done), "waits", name);
      // Nothing of it was done yet: the decision's own statements do not wait for it.
      await other("update customers set revision = revision");
      await other("update endpoints set url = url");
      await other(COMMIT);
      await done;
    }
  });

  it("take one batch of a replay where two nodes found it due at the same moment: its rate is that of both together", async () => {
    await using meeting = await openMeeting();
    const { bench, second, other } = meeting;
    for (let n = 0; n < 12; n += 1) await decide(bench);
    const endpointId = await addEndpoint(bench);
    const replayId = newId();
    const order = { which: "all", perSecond: 8, sinceMs: 0, untilMs: null } as const;
    await bench.store.createReplay({ tenantId: TENANT, replayId, endpointId, ...order, audit: AUDIT });
    await other(BEGIN);
    await other(TAKE_TENANT);
    // Both have read that it is due, and wait for the tenant.
    const advanced = Promise.all([bench.store.advanceReplay(), second.advanceReplay()]);
    assert.equal(await waitsOrEnds(other, advanced, 2), "waits");
    await other(COMMIT);
    const waits = await advanced;
    assert.ok(waits.every((waitMs) => waitMs !== null && waitMs > 0));
    const replay = await bench.store.readReplay({ tenantId: TENANT, replayId });
    assert.equal(replay?.queued, 2, "a quarter of a second's worth");
  });

  it("erase the attempt of a result that is recorded while the erasure waits for another delivery (I9)", async () => {
    await using meeting = await openMeeting();
    const { bench, second, other } = meeting;
    await addEndpoint(bench);
    for (let n = 0; n < 2; n += 1) await decide(bench, { ref: CUSTOMER });
    const [held, late] = (await claim(bench)).toSorted((a, b) => a.sequence - b.sequence);
    assert.ok(held !== undefined && late !== undefined);
    await other(BEGIN);
    await other("select * from deliveries where delivery_id = $1 for no key update", [held.deliveryId]);
    const erased = second.eraseCustomer({ ...CUSTOMER, receiptId: newId(), audit: AUDIT });
    assert.equal(await waitsOrEnds(other, erased), "waits");
    assert.equal(await finish(bench, late), "recorded");
    await other(COMMIT);
    assert.equal((await erased)["deliveryAttempts"], 1);
    assert.deepEqual(await other("select * from delivery_attempts"), []);
  });

  it("let a step of the schema that locks tables whole wait for whoever decides, before it has locked one", async () => {
    await using schema = await createTestSchema();
    const open = async (): Promise<Store> => await createPostgresStore({ url: schema.url, clock: systemClock, random });
    await (await open()).close();
    for (const undone of BEFORE_FEWER_INDICES) await schema.sql(undone);
    await using stack = new AsyncDisposableStack();
    // Or the schema could not be dropped.
    stack.defer(async () => {
      await schema.sql("rollback");
    });
    await schema.sql(BEGIN);
    await schema.sql(TAKE_TENANT);
    const opened = open();
    assert.equal(await waitsOrEnds(schema.sql, opened), "waits");
    // What a decision goes on with.
    await schema.sql("select * from events for key share");
    await schema.sql("select * from deliveries for no key update");
    await schema.sql(COMMIT);
    await (await opened).close();
  });
});
