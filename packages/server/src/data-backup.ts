import { resolve } from "node:path";
import { systemClock } from "./clock.ts";
import type { Config } from "./config/settings.ts";
import { systemRandom } from "./random.ts";
import { ServerError } from "./server-error.ts";
import { backUp, restore } from "./store/sqlite/backup.ts";
import { StoreError } from "./store/store-error.ts";

/**
 * Writes the database of the data folder into one new file, also while a server works on it.
 * @throws {ServerError} `backupFailed`, with one line for the operator
 */
export async function backUpData({ config, file }: { readonly config: Config; readonly file: string }): Promise<void> {
  await told(config, async (folder) => {
    backUp({ folder, file });
    await Promise.resolve();
  });
}

/**
 * Puts a backup into the data folder, which no server may be using, and erases again whoever was erased since.
 * @throws {ServerError} `backupFailed`, with one line for the operator
 */
export async function restoreData(options: {
  readonly config: Config;
  readonly file: string;
  readonly replace: boolean;
}): Promise<{ readonly erasedAgain: number }> {
  const { config, file, replace } = options;
  return await told(
    config,
    async (folder) => await restore({ folder, file, replace, clock: systemClock, random: systemRandom }),
  );
}

async function told<T>({ databaseUrl, data }: Config, work: (folder: string) => Promise<T>): Promise<T> {
  if (databaseUrl !== undefined) {
    throw new ServerError("backupFailed", "SAMEFACE_DATABASE_URL names PostgreSQL: use pg_dump and pg_restore");
  }
  try {
    return await work(resolve(data));
  } catch (cause) {
    const line = cause instanceof StoreError ? cause.message : "the backup failed";
    throw new ServerError("backupFailed", line, { cause });
  }
}
