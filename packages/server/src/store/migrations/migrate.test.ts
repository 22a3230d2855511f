import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { describe, it } from "node:test";
import { sql } from "kysely";
import { kyselyOver } from "../sqlite/sqlite-connection.ts";
import { MIGRATIONS, migrate } from "./migrate.ts";
import type { Migration } from "./migration.ts";

const TYPES = {
  text: sql`text`,
  integer: sql`integer`,
  bytes: sql`blob`,
  tableEnd: sql`strict`,
  dropsConstraints: false,
};

function openSchema(): {
  readonly database: DatabaseSync;
  readonly run: (migrations?: readonly Migration[]) => Promise<void>;
} {
  const database = new DatabaseSync(":memory:");
  const db = kyselyOver(database);
  const inTransaction = async (work: () => Promise<void>): Promise<void> => {
    database.exec("begin");
    try {
      await work();
      database.exec("commit");
    } catch (cause) {
      database.exec("rollback");
      throw cause;
    }
  };
  return {
    database,
    run: async (migrations = MIGRATIONS) => {
      await migrate(db, { types: TYPES, nowMs: () => 7, inTransaction, migrations });
    },
  };
}

const tables = (database: DatabaseSync): readonly unknown[] =>
  database
    .prepare("select name from sqlite_schema where type = 'table' and name not like 'sqlite_%' order by name")
    .all()
    .map((row) => row["name"]);

describe("migrate", () => {
  it("applies each step once and records it", async () => {
    const { database, run } = openSchema();
    await run();
    const before = tables(database);
    await run();
    assert.deepEqual(tables(database), before);
    assert.deepEqual(
      database
        .prepare("select * from migrations")
        .all()
        .map((row) => ({ ...row })),
      MIGRATIONS.map(({ name }) => ({ name, applied_at_ms: 7 })),
    );
  });

  it("undoes a step that fails, names it, and leaves those before it", async () => {
    const { database, run } = openSchema();
    const bad: Migration = {
      name: "0002-bad",
      up: async (db) => {
        await db.schema.createTable("half").addColumn("n", "integer").execute();
        throw new Error("broken");
      },
    };
    await assert.rejects(run([...MIGRATIONS, bad]), { code: "migrationFailed", message: /0002-bad/ });
    assert.ok(!tables(database).includes("half"));
    assert.ok(tables(database).includes("events"));
  });

  it("leaves alone what a newer version has added", async () => {
    const { database, run } = openSchema();
    await run();
    database.exec("insert into migrations values ('9999-newer', 1); alter table events add column newer text");
    await run();
  });

  it("makes every table strict and, but for the store's own, with the tenant first in its key", async () => {
    const { database, run } = openSchema();
    await run();
    const own = ["meta", "migrations"];
    for (const name of tables(database)) {
      const [list] = database.prepare(`select * from pragma_table_list where name = '${String(name)}'`).all();
      assert.equal(list?.["strict"], 1, String(name));
      const [first] = database.prepare(`select name from pragma_table_info('${String(name)}') where pk = 1`).all();
      if (!own.includes(String(name))) assert.equal(first?.["name"], "tenant_id", String(name));
    }
  });
});
