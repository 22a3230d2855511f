import type pg from "pg";
import { MIGRATIONS } from "../migrations/migrate.ts";

/** Steps that the schema of a connection lacks, oldest first; it is looked at and not changed. */
export async function pendingSteps(client: pg.Client): Promise<readonly string[]> {
  const names = MIGRATIONS.map((step) => step.name);
  const there = await client.query("select 1 where to_regclass('migrations') is not null");
  if (there.rows.length === 0) return names;
  const { rows } = await client.query<{ name: string }>("select name from migrations");
  const applied = new Set(rows.map((row) => row.name));
  return names.filter((name) => !applied.has(name));
}
