import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, readdirSync } from "node:fs";
import pg from "pg";

const URL_OF_TESTS = process.env["SAMEFACE_TEST_POSTGRES_URL"] ?? "";
const missing = "SAMEFACE_TEST_POSTGRES_URL names no PostgreSQL";

/** What `describe` and `it` are told: tests that need a PostgreSQL are skipped and counted, in CI they fail. */
export function needsPostgres(): { readonly skip: string | false } {
  if (URL_OF_TESTS !== "") return { skip: false };
  if (process.env["CI"] === "true") throw new Error(missing);
  console.log(`skipped: ${missing}`);
  return { skip: missing };
}

/** An empty schema of its own in the tests' database. */
export interface TestSchema extends AsyncDisposable {
  readonly url: string;
  /** Runs statements in it, on a connection apart from those of the store. */
  /** All of it, as `pg_dump` writes it; bytes are in hexadecimal. */
  readonly dump: () => string;
  readonly sql: <Row extends pg.QueryResultRow>(text: string, values?: readonly unknown[]) => Promise<readonly Row[]>;
}

export async function createTestSchema(): Promise<TestSchema> {
  // Its connections carry the name, too: a test that ends connections ends its own alone.
  const name = `test_${randomBytes(6).toString("hex")}`;
  const url = `${URL_OF_TESTS}${URL_OF_TESTS.includes("?") ? "&" : "?"}options=-c%20search_path%3D${name}%20-c%20application_name%3D${name}`;
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(`create schema ${name}`);
  return {
    url,
    dump: () => dump(url, name),
    sql: async <Row extends pg.QueryResultRow>(text: string, values: readonly unknown[] = []) =>
      (await client.query<Row>(text, [...values])).rows,
    [Symbol.asyncDispose]: async () => {
      await client.query(`drop schema ${name} cascade`);
      await client.end();
    },
  };
}

const DEBIAN = "/usr/lib/postgresql";

function dump(url: string, schema: string): string {
  // Debian's are on no PATH; the newest reads every older server.
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN).toSorted((one, other) => Number(other) - Number(one)) : [];
  const command = versions.map((version) => `${DEBIAN}/${version}/bin/pg_dump`).find((file) => existsSync(file));
  const args = ["--schema", schema, "--inserts", url];
  const { status, stdout, stderr } = spawnSync(command ?? "pg_dump", args, { encoding: "utf8", maxBuffer: 1e9 });
  if (status !== 0) throw new Error(`pg_dump: ${stderr}`);
  return stdout;
}

/** Empties every table but the record of what was migrated: much quicker than making them again. */
export async function emptyTables({ sql }: TestSchema): Promise<void> {
  await sql(`do $$ begin
    execute (select 'truncate ' || string_agg(quote_ident(tablename), ', ') from pg_tables
      where schemaname = current_schema() and tablename <> 'migrations');
  end $$`);
}

/** Whether some work comes to wait for a lock, with so many of the schema's sessions, or ends without. */
export async function waitsOrEnds(
  sql: TestSchema["sql"],
  work: Promise<unknown>,
  sessions = 1,
): Promise<"waits" | "ends"> {
  const state = { ended: false };
  const end = (): void => {
    state.ended = true;
  };
  work.then(end, end);
  const waiting = `select 1 from pg_stat_activity
    where wait_event_type = 'Lock' and application_name = current_setting('application_name')`;
  while (!state.ended) {
    if ((await sql(waiting)).length >= sessions) return "waits";
    // Within a transaction the view is a picture of its first look, unless that is given up.
    await sql("select pg_stat_clear_snapshot()");
  }
  return "ends";
}
