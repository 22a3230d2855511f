import { resolve } from "node:path";
import { systemClock } from "./clock.ts";
import type { Config } from "./config/settings.ts";
import { systemRandom } from "./random.ts";
import { ServerError } from "./server-error.ts";
import { type MovedTable, moveFromSqlite } from "./store/postgres/move-from-sqlite.ts";
import { StoreError } from "./store/store-error.ts";

/**
 * Moves the SQLite database of the data folder, which no server may be using, into the PostgreSQL database that
 * `databaseUrl` names; the old file stays beside, under another name.
 * @throws {ServerError} `moveFailed`, with one line for the operator; nothing was moved then
 */
export async function moveData(options: {
  readonly config: Config;
  readonly onTable?: (moved: MovedTable) => void;
}): Promise<readonly MovedTable[]> {
  const { config, ...more } = options;
  if (config.databaseUrl === undefined) {
    throw new ServerError("moveFailed", "set SAMEFACE_DATABASE_URL to the PostgreSQL database to move to");
  }
  const where = { folder: resolve(config.data), url: config.databaseUrl };
  try {
    return await moveFromSqlite({ ...where, ...more, clock: systemClock, random: systemRandom });
  } catch (cause) {
    const line = cause instanceof StoreError ? cause.message : "the data could not be moved; nothing was changed";
    throw new ServerError("moveFailed", line, { cause });
  }
}
