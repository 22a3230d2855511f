import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { systemClock } from "../../clock.ts";
import {
  ALL,
  AUDIT,
  addEndpoint,
  claim,
  decide,
  enrol,
  finish,
  openBench,
  random,
  refOf,
  TENANT,
} from "../conformance/bench.fixture.ts";
import { createSqliteStore } from "../sqlite/create-sqlite-store.ts";
import type { Store } from "../store.ts";
import type { StoreError } from "../store-error.ts";
import { createPostgresStore } from "./create-postgres-store.ts";
import { MOVED_FILE, type MoveOptions, moveFromSqlite } from "./move-from-sqlite.ts";
import { createTestSchema, needsPostgres, type TestSchema } from "./test-database.fixture.ts";

/** A data folder with something in most tables, and no server on it. */
async function filledFolder(): Promise<{ readonly folder: string; readonly seen: unknown }> {
  const folder = await mkdtemp(join(tmpdir(), "sameface-move-"));
  const open = async (world: { clock: MoveOptions["clock"] }) => {
    const store = await createSqliteStore({ ...world, random, folder });
    return {
      store,
      dispose: async () => {
        await store.close();
      },
    };
  };
  await using bench = await openBench(open);
  const { store } = bench;
  await store.createTenant({ tenantId: "tenant-b", name: "Tenant Ü", audit: AUDIT });
  await addEndpoint(bench);
  await addEndpoint(bench, { disabledReason: "byOperator", description: "zwei\nZeilen \u{1F600}" });
  // More than goes over at once.
  for (let n = 0; n < 1_050; n += 50) {
    await Promise.all(Array.from({ length: 50 }, async (_, i) => await decide(bench, refOf(`c${n + i}`))));
  }
  await enrol(bench, refOf("ann"));
  await enrol(bench, refOf("Zoe"));
  for (const one of await claim(bench, { limit: 3, perEndpoint: 3 })) await finish(bench, one, { kind: "delivered" });
  await store.eraseCustomer({ ...refOf("c7"), receiptId: "r", audit: AUDIT });
  return { folder, seen: await allOf(store) };
}

/** What the API can read of it. */
async function allOf(store: Store): Promise<unknown> {
  const where = { tenantId: TENANT, ...ALL };
  const deliveries = { ...where, endpointId: null, status: null, eventId: null };
  // The drivers' rows have different prototypes, which nobody sees.
  return structuredClone({
    customers: await store.listCustomers({ ...where, needsEnrolment: null }),
    events: await store.listEvents(where),
    deliveries: await store.listDeliveries(deliveries),
    endpoints: await store.listEndpoints(where),
    audit: await store.listAudit(where),
    ann: await store.readCustomer(refOf("ann")),
    backlog: (await store.readBacklog()).waiting,
  });
}

const refusedWith =
  (code: StoreError["code"], message: RegExp) =>
  (error: StoreError): boolean => {
    assert.equal(error.code, code);
    assert.match(error.message, message);
    return true;
  };

describe("a move from SQLite to PostgreSQL", needsPostgres(), () => {
  const move = async ({ url }: TestSchema, folder: string) =>
    await moveFromSqlite({ folder, url, clock: systemClock, random });

  it("carries every row of every table over, tells how many, and leaves the old file under another name", async () => {
    await using schema = await createTestSchema();
    const { folder, seen } = await filledFolder();
    const moved = await move(schema, folder);
    const rowsOf = (name: string) => moved.find(({ table }) => table === name)?.rows;
    assert.deepEqual([rowsOf("events"), rowsOf("deliveries"), rowsOf("customers")], [1_050, 2_100, 2]);
    for (const { table, rows } of moved) {
      const [found] = await schema.sql<{ count: string }>(`select count(*) from "${table}"`);
      assert.equal(Number(found?.count), rows, table);
    }
    const store = await createPostgresStore({ url: schema.url, clock: systemClock, random });
    const found = await allOf(store);
    await store.close();
    assert.deepEqual(found, seen);
    assert.deepEqual([existsSync(join(folder, "sameface.db")), existsSync(join(folder, MOVED_FILE))], [false, true]);
    await rm(folder, { recursive: true });
  });

  it("refuses a target that holds data, and a folder that a server uses or that holds none", async () => {
    await using schema = await createTestSchema();
    const { folder } = await filledFolder();
    const target = await createPostgresStore({ url: schema.url, clock: systemClock, random });
    await target.createTenant({ tenantId: "default", name: "default", audit: AUDIT });
    await target.close();
    await assert.rejects(move(schema, folder), refusedWith("conflict", /holds data already \(table /));
    const server = await createSqliteStore({ folder, clock: systemClock, random });
    await assert.rejects(move(schema, folder), refusedWith("folderInUse", /another sameface process/));
    await server.close();
    await assert.rejects(move(schema, join(folder, "empty")), refusedWith("unavailable", /no database/));
    await rm(folder, { recursive: true });
  });

  it("moves nothing where a row comes back different", async () => {
    await using schema = await createTestSchema();
    const { folder, seen } = await filledFolder();
    await (await createPostgresStore({ url: schema.url, clock: systemClock, random })).close();
    await schema.sql(`create function spoil() returns trigger language plpgsql as $$
      begin if new.customer_id = 'Zoe' then new.revision = 'spoilt'; end if; return new; end $$`);
    await schema.sql("create trigger spoil before insert on customers for each row execute function spoil()");
    await assert.rejects(move(schema, folder), refusedWith("conflict", /table customers came back different/));
    const [left] = await schema.sql<{ count: string }>("select count(*) from events");
    assert.equal(Number(left?.count), 0);
    const store = await createSqliteStore({ folder, clock: systemClock, random });
    const found = await allOf(store);
    await store.close();
    assert.deepEqual(found, seen);
    await rm(folder, { recursive: true });
  });
});
