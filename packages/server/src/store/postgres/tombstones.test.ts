import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { systemClock } from "../../clock.ts";
import {
  ALL,
  AUDIT,
  addEndpoint,
  type Bench,
  decide,
  enrol,
  newId,
  openBench,
  random,
  refOf,
  TENANT,
} from "../conformance/bench.fixture.ts";
import type { Store } from "../store.ts";
import { createPostgresStore } from "./create-postgres-store.ts";
import { createTestSchema, needsPostgres, type TestSchema } from "./test-database.fixture.ts";

const root = mkdtempSync(join(tmpdir(), "sameface-tombstones-"));
after(() => {
  rmSync(root, { recursive: true });
});

const openNode = async ({ url }: TestSchema, name: string): Promise<Store> =>
  await createPostgresStore({ url, folder: join(root, name), clock: systemClock, random });

async function benchOn(schema: TestSchema, name: string): Promise<Bench> {
  const store = await openNode(schema, name);
  const dispose = async (): Promise<void> => {
    await store.close();
  };
  return await openBench(async () => await Promise.resolve({ store, dispose }));
}

const tablesOf = async ({ sql }: TestSchema): Promise<readonly string[]> =>
  (
    await sql<{ name: string }>(
      "select tablename as name from pg_tables where schemaname = current_schema() and tablename not like 'kept_%'",
    )
  ).map(({ name }) => name);

/** What a dump of this moment holds; the answer puts it back, as restoring the dump does. */
async function dump(schema: TestSchema): Promise<() => Promise<void>> {
  const tables = await tablesOf(schema);
  for (const table of tables) await schema.sql(`create table kept_${table} as table ${table}`);
  return async () => {
    // The order of the tables is not that of their references.
    await schema.sql("set session_replication_role = replica");
    await schema.sql(`truncate ${tables.join(", ")}`);
    for (const table of tables) await schema.sql(`insert into ${table} table kept_${table}`);
    await schema.sql("set session_replication_role = origin");
  };
}

const customersOf = async (store: Store): Promise<readonly string[]> => {
  const { items } = await store.listCustomers({ tenantId: TENANT, ...ALL, needsEnrolment: null });
  return items.map((one) => one.customerId);
};

describe("tombstones outside of PostgreSQL", needsPostgres(), () => {
  it("erase again whom a restored dump has back, when the node that erased, or one that saw it, starts", async () => {
    await using schema = await createTestSchema();
    const [ann, ben] = [refOf("ann"), refOf("ben")];
    const bench = await benchOn(schema, "node-1");
    await addEndpoint(bench);
    for (const ref of [ann, ben]) await decide(bench, { ref, readRevision: await enrol(bench, ref) });
    const restore = await dump(schema);
    await bench.store.eraseCustomer({ ...ann, receiptId: newId(), audit: AUDIT });
    assert.match(readFileSync(join(root, "node-1.tombstones"), "utf8"), new RegExp(ann.subject));
    // A node that starts after the erasure notes what the database knows.
    await (await openNode(schema, "node-2")).close();
    await bench.store.close();
    for (const name of ["node-1", "node-2"]) {
      await restore();
      const store = await openNode(schema, name);
      assert.deepEqual(await customersOf(store), ["ben"]);
      const { items } = await store.listAuthentications({ tenantId: TENANT, ...ALL, customerId: "ann", outcome: null });
      assert.deepEqual(items, []);
      const { items: audit } = await store.listAudit({ tenantId: TENANT, ...ALL });
      assert.equal(audit.at(-1)?.actor, "restore");
      await store.close();
    }
  });

  it("stop the start, in one line, where they can't be read or written", async () => {
    await using schema = await createTestSchema();
    // Root writes everywhere: a folder stands where the file should.
    mkdirSync(join(root, "locked.tombstones"));
    await assert.rejects(openNode(schema, "locked"), { code: "unavailable", message: /locked\.tombstones/ });
    const store = await openNode(schema, "made/data");
    assert.ok(existsSync(join(root, "made/data.tombstones")));
    await store.close();
  });

  it("are written before the receipt is told: an erasure that they miss is none that was told", async () => {
    await using schema = await createTestSchema();
    const bench = await benchOn(schema, "torn");
    const file = join(root, "torn.tombstones");
    rmSync(file);
    mkdirSync(file);
    const erasure = { ...refOf("ann"), receiptId: newId(), audit: AUDIT };
    await assert.rejects(bench.store.eraseCustomer(erasure), { code: "unavailable" });
    rmSync(file, { recursive: true });
    await bench.store.eraseCustomer({ ...erasure, receiptId: newId() });
    assert.match(readFileSync(file, "utf8"), new RegExp(erasure.subject));
    await bench.store.close();
  });
});
