import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { describe, it } from "node:test";
import { sql } from "kysely";
import { kyselyOver, limitTo } from "./sqlite-connection.ts";

describe("kyselyOver", () => {
  it("limits without having a statement planned anew for each run of it", async () => {
    using database = new DatabaseSync(":memory:");
    database.exec("create table tenants (tenant_id text primary key, name text, created_at_ms integer) strict");
    database.exec("insert into tenants values ('a', 'A', 1), ('b', 'B', 2), ('c', 'C', 3)");
    const db = kyselyOver(database);
    const two = db.selectFrom("tenants").select("tenant_id").orderBy("tenant_id").limit(2);
    assert.deepEqual(
      (await two.execute()).map((row) => row.tenant_id),
      ["a", "b"],
    );
    const { rows } = await sql`select tenant_id from tenants order by tenant_id ${limitTo(1)}`.execute(db);
    assert.deepEqual(
      rows.map((row) => ({ ...(row as object) })),
      [{ tenant_id: "a" }],
    );
    assert.ok(runMs(database, two.compile().sql) * 4 < runMs(database, two.compile().sql.replace("0 + ?", "?")));
  });
});

/** Joined with itself many times, it takes long to plan and not to run; the best of several tries. */
function runMs(database: DatabaseSync, tail: string): number {
  const joined = Array.from({ length: 12 }, (_, n) => `join tenants t${n} using (tenant_id)`).join(" ");
  const statement = database.prepare(
    tail.replace('from "tenants"', `from "tenants" ${joined}`).replaceAll('"tenant_id"', '"tenants"."tenant_id"'),
  );
  const tries = Array.from({ length: 20 }, () => {
    const startedMs = performance.now();
    for (let run = 0; run < 5; run += 1) statement.all(2);
    return performance.now() - startedMs;
  });
  return Math.min(...tries);
}
