import pg from "pg";
import { StoreError } from "../store-error.ts";
import { checkServer, refusal } from "./check-server.ts";
import { connectOptions, nameOfDatabase } from "./connect-options.ts";
import { pendingSteps } from "./pending-steps.ts";
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
    return { name, version, pending: await pendingSteps(client) };
  } catch (cause) {
    throw cause instanceof StoreError ? cause : refusal(cause, name);
  } finally {
    await client.end().catch(() => undefined);
  }
}
