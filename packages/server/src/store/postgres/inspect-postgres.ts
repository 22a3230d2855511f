import pg from "pg";
import { MIGRATIONS } from "../migrations/migrate.ts";
import { StoreError } from "../store-error.ts";
import { checkServer, refusal } from "./check-server.ts";
import { connectOptions, nameOfDatabase } from "./connect-options.ts";
import { connectionLimits } from "./postgres-connection.ts";

/** What a look at a database found. */
export interface PostgresFound {
  /** Host, port and database, without user and password. */
  readonly name: string;
  readonly version: string;
  /** Steps of the schema that the next start will apply. */
  readonly pending: readonly string[];
}

/**
 * Looks at a PostgreSQL database and changes nothing.
 * @throws {StoreError} `unavailable`: it can't be used, in one line that shows neither user nor password
 */
export async function inspectPostgres(url: string): Promise<PostgresFound> {
  const name = nameOfDatabase(url);
  const client = new pg.Client({ ...connectionLimits(), ...connectOptions(url) });
  try {
    await client.connect();
    const { version } = await checkServer(client, name);
    const applied = await appliedSteps(client);
    return { name, version, pending: MIGRATIONS.map((step) => step.name).filter((step) => !applied.has(step)) };
  } catch (cause) {
    throw cause instanceof StoreError ? cause : refusal(cause, name);
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function appliedSteps(client: pg.Client): Promise<ReadonlySet<string>> {
  const there = await client.query("select 1 where to_regclass('migrations') is not null");
  if (there.rows.length === 0) return new Set();
  const { rows } = await client.query<{ name: string }>("select name from migrations");
  return new Set(rows.map((row) => row.name));
}
