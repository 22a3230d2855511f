import { closeSync, copyFileSync, existsSync, fsyncSync, openSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Clock } from "../../clock.ts";
import type { Random } from "../../random.ts";
import { StoreError } from "../store-error.ts";
import { createSqliteStore, DATABASE_FILE } from "./create-sqlite-store.ts";
import { lockFolder } from "./folder-lock.ts";
import { openReader } from "./open-database.ts";
import { makePrivateFile, makePrivateFolder } from "./private-files.ts";
import { toStoreError } from "./sqlite-fault.ts";

/**
 * Writes the database as it stands into one file, also while a server works on it: a reader, which takes no lock that
 * the server would wait for. The master key is in another file, and never in this one.
 * @throws {StoreError} `conflict` where the file stands already, `unavailable`, `full`
 */
export function backUp({ folder, file }: { readonly folder: string; readonly file: string }): void {
  const source = join(folder, DATABASE_FILE);
  if (!existsSync(source)) throw new StoreError("unavailable", `there is no database in ${folder}`);
  if (existsSync(file)) throw new StoreError("conflict", `${file} stands already: name a new file`);
  const partial = `${file}.partial`;
  try {
    rmSync(partial, { force: true });
    makePrivateFile(partial);
    const reader = openReader(source);
    try {
      // Without the free pages: nothing that was deleted goes along.
      reader.prepare("vacuum into ?").run(partial);
    } finally {
      reader.close();
    }
    flush(partial);
    // Only what is whole bears the name.
    renameSync(partial, file);
  } catch (cause) {
    rmSync(partial, { force: true });
    throw toStoreError(cause);
  }
}

/** What to restore, and where. */
export interface RestoreOptions {
  readonly folder: string;
  readonly file: string;
  /** Whether a database that stands in the folder may give way. */
  readonly replace: boolean;
  readonly clock: Clock;
  readonly random: Random;
}

/**
 * Puts a backup into a data folder that no server uses, and erases again whoever was erased since it was made (F46).
 * @returns how many that were
 * @throws {StoreError} `folderInUse`, `conflict` where a database stands and may not give way, `unavailable` for no backup
 */
export async function restore(options: RestoreOptions): Promise<{ readonly erasedAgain: number }> {
  const { folder, file } = options;
  const erasuresBefore = checkBackup(file);
  const target = join(folder, DATABASE_FILE);
  makePrivateFolder(folder);
  const unlock = lockFolder(folder);
  try {
    if (existsSync(target) && !options.replace) {
      throw new StoreError("conflict", `${folder} holds a database: --replace puts the backup in its place`);
    }
    putInPlace(file, target);
  } catch (cause) {
    throw toStoreError(cause);
  } finally {
    unlock();
  }
  // Whoever opens the store has the erasures done again before anything else.
  const store = await createSqliteStore(options);
  await store.close();
  return { erasedAgain: checkBackup(target) - erasuresBefore };
}

function putInPlace(file: string, target: string): void {
  const arriving = `${target}.arriving`;
  rmSync(arriving, { force: true });
  makePrivateFile(arriving);
  copyFileSync(file, arriving);
  makePrivateFile(arriving);
  flush(arriving);
  // A log of the database before would be written into the new one.
  for (const name of ["-wal", "-shm"]) rmSync(`${target}${name}`, { force: true });
  renameSync(arriving, target);
}

/** @returns how often a restore erased in this database */
function checkBackup(file: string): number {
  if (!existsSync(file)) throw new StoreError("unavailable", `${file} is not there`);
  try {
    const database = new DatabaseSync(file, { readOnly: true });
    try {
      if (first(database, "pragma quick_check(1)") !== "ok") throw new Error("the pages do not fit together");
      return Number(first(database, "select count(*) from audit where actor = 'restore'"));
    } finally {
      database.close();
    }
  } catch (cause) {
    throw new StoreError("unavailable", `${file} is no whole backup of sameface`, { cause });
  }
}

function first(database: DatabaseSync, query: string): unknown {
  return Object.values(database.prepare(query).get() ?? {})[0];
}

function flush(file: string): void {
  const descriptor = openSync(file, "r+");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
