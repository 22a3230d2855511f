import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { setImmediate } from "node:timers/promises";
import { sql } from "kysely";
import type { Clock } from "../../clock.ts";
import type { Random } from "../../random.ts";
import type { ColumnTypes } from "../migrations/column-types.ts";
import { migrate } from "../migrations/migrate.ts";
import { rememberErased } from "../queries/remember-erased.ts";
import type { Store } from "../store.ts";
import { createStoreClock } from "../store-clock.ts";
import { tombstoneFile } from "../tombstone-file.ts";
import { lockFolder } from "./folder-lock.ts";
import { openReader, openWriter } from "./open-database.ts";
import { makePrivateFolder } from "./private-files.ts";
import { createSqliteBackend } from "./sqlite-backend.ts";
import { kyselyOver } from "./sqlite-connection.ts";
import { toStoreError } from "./sqlite-fault.ts";

/** What the store needs of the world. */
export interface SqliteStoreOptions {
  /** The data folder; made with mode 0700 where it is missing, and held by this process alone until `close`. */
  readonly folder: string;
  readonly clock: Clock;
  readonly random: Random;
  /** Lets other work go on between two commits; a simulation hands in its own. */
  readonly nextTurn?: () => Promise<void>;
}

const TYPES: ColumnTypes = {
  text: sql`text`,
  integer: sql`integer`,
  bytes: sql`blob`,
  tableEnd: sql`strict`,
  dropsConstraints: false,
};

/** Name of the database in the data folder. */
export const DATABASE_FILE = "sameface.db";

/**
 * The store in one SQLite file, `sameface.db` in the data folder, for one process.
 * @throws {StoreError} `folderInUse` where another process has the folder, `migrationFailed`, `unavailable`
 */
export async function createSqliteStore(options: SqliteStoreOptions): Promise<Store> {
  const file = join(options.folder, DATABASE_FILE);
  const storeClock = createStoreClock(options.clock);
  const opened: (() => void)[] = [];
  try {
    makePrivateFolder(options.folder);
    opened.push(lockFolder(options.folder));
    const writer = openWriter(file);
    opened.push(() => {
      writer.close();
    });
    await migrate(kyselyOver(writer), { types: TYPES, ...storeClock, inTransaction: transactionOn(writer) });
    const reader = openReader(file);
    opened.push(() => {
      reader.close();
    });
    const release = (): void => {
      closeAll(opened);
    };
    const backend = createSqliteBackend({ nextTurn: oneTurn, ...options, writer, reader, ...storeClock, release });
    return await rememberErased(backend, tombstoneFile(options.folder));
  } catch (cause) {
    closeAll(opened);
    throw toStoreError(cause);
  }
}

async function oneTurn(): Promise<void> {
  // eslint-disable-next-line no-restricted-syntax -- no time passes here: it lets the loop turn, and can be handed in
  await setImmediate();
}

/** Last opened, first closed: the lock is given back when nothing is open any more. */
function closeAll(opened: readonly (() => void)[]): void {
  for (const close of opened.toReversed()) close();
}

function transactionOn(writer: DatabaseSync): (work: () => Promise<void>) => Promise<void> {
  return async (work) => {
    writer.exec("begin immediate");
    try {
      await work();
      writer.exec("commit");
    } catch (cause) {
      if (writer.isTransaction) writer.exec("rollback");
      throw cause;
    }
  };
}
