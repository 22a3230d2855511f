import { systemClock } from "./clock.ts";
import type { Config } from "./config/settings.ts";
import { systemRandom } from "./random.ts";
import { ServerError } from "./server-error.ts";
import { createPostgresStore } from "./store/postgres/create-postgres-store.ts";
import { inspectPostgres } from "./store/postgres/inspect-postgres.ts";
import { StoreError } from "./store/store-error.ts";

/**
 * Brings the schema of the PostgreSQL database up to date, as its owner.
 * @returns the steps that were applied
 * @throws {ServerError} `migrationFailed`, with one line for the operator
 */
export async function migrateData({ databaseUrl: url }: Config): Promise<readonly string[]> {
  if (url === undefined) {
    throw new ServerError("migrationFailed", "set SAMEFACE_DATABASE_URL: SQLite is brought up to date by every start");
  }
  try {
    const { pending } = await inspectPostgres(url);
    // Without the folder: who was erased is the business of servers.
    await (await createPostgresStore({ url, clock: systemClock, random: systemRandom })).close();
    return pending;
  } catch (cause) {
    const line = cause instanceof StoreError ? cause.message : "the schema could not be brought up to date";
    throw new ServerError("migrationFailed", line, { cause });
  }
}
