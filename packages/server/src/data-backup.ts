import { resolve } from "node:path";
import { systemClock } from "./clock.ts";
import type { Config } from "./config/settings.ts";
import { systemRandom } from "./random.ts";
import { ServerError } from "./server-error.ts";
import { backUpPostgres, restorePostgres } from "./store/postgres/postgres-backup.ts";
import { backUp, restore } from "./store/sqlite/backup.ts";
import { StoreError } from "./store/store-error.ts";

/**
 * Writes the database into one new file, also while servers work on it; PostgreSQL's by `pg_dump`.
 * @throws {ServerError} `backupFailed`, with one line for the operator
 */
export async function backUpData({ config, file }: { readonly config: Config; readonly file: string }): Promise<void> {
  const { databaseUrl: url } = config;
  await told(config, async (folder) => {
    if (url === undefined) backUp({ folder, file });
    else await backUpPostgres({ url, file });
  });
}

/**
 * Puts a backup into the data folder or into PostgreSQL, which no server may be using, and erases again whoever was
 * erased since.
 * @throws {ServerError} `backupFailed`, with one line for the operator
 */
export async function restoreData(options: {
  readonly config: Config;
  readonly file: string;
  readonly replace: boolean;
}): Promise<{ readonly erasedAgain: number }> {
  const { config, file, replace } = options;
  const { databaseUrl: url } = config;
  return await told(config, async (folder) => {
    const what = { folder, file, replace, clock: systemClock, random: systemRandom };
    return url === undefined ? await restore(what) : await restorePostgres({ ...what, url });
  });
}

async function told<T>({ data }: Config, work: (folder: string) => Promise<T>): Promise<T> {
  try {
    return await work(resolve(data));
  } catch (cause) {
    const line = cause instanceof StoreError ? cause.message : "the backup failed";
    throw new ServerError("backupFailed", line, { cause });
  }
}
