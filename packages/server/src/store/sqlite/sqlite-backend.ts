import type { DatabaseSync } from "node:sqlite";
import { newTimedId } from "@sameface/contract";
import type { Kysely } from "kysely";
import type { Clock } from "../../clock.ts";
import type { Random } from "../../random.ts";
import type { Backend, GroupOrder, WriteView } from "../queries/backend.ts";
import type { Tables } from "../queries/tables.ts";
import type { StoreClock } from "../store-clock.ts";
import type { StoreError } from "../store-error.ts";
import { createGroupCommit, type GroupCommit } from "./group-commit.ts";
import { createInsertRows } from "./insert-rows.ts";
import { leases, listed } from "./lists.ts";
import { earliestDue, pickDue } from "./pick-due.ts";
import { createSerialReads } from "./serial-reads.ts";
import { kyselyOver } from "./sqlite-connection.ts";

/** The parts that an opened database is made of. */
export interface SqliteParts extends StoreClock {
  readonly writer: DatabaseSync;
  readonly reader: DatabaseSync;
  readonly clock: Clock;
  readonly random: Random;
  readonly nextTurn: () => Promise<void>;
  /** Closes both connections and gives the folder back. */
  readonly release: () => void;
}

/** What SQLite brings to the shared queries. */
export function createSqliteBackend(parts: SqliteParts): Backend {
  const { writer, nowMs } = parts;
  const commits = createGroupCommit({ ...parts, database: writer });
  const reads = createSerialReads(parts.reader);
  const readingDb = kyselyOver(parts.reader);
  const listeners = new Set<() => void>();
  let closing: Promise<void> | null = null;
  const close = async (): Promise<void> => {
    await commits.close();
    await reads.close();
    parts.release();
  };
  return {
    clock: parts.clock,
    nextTurn: parts.nextTurn,
    read: async (work) => await reads.run(async () => await work({ db: readingDb, nowMs: nowMs(), listed })),
    write: createWrite({ ...parts, commits, listeners, db: kyselyOver(writer) }),
    pickDue,
    earliestDue,
    takesMs: parts.takesMs,
    // The log still holds the pages as they were; it can be emptied only while nobody reads or writes.
    scrub: async () => {
      await reads.between(async () => {
        await commits.between(() => {
          writer.exec("pragma wal_checkpoint(truncate)");
        });
      });
    },
    onDeliveriesDue: (listener) => {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
    close: async () => {
      closing ??= close();
      await closing;
    },
  };
}

function createWrite(
  parts: Pick<SqliteParts, "writer" | "nowMs" | "random"> & {
    readonly commits: GroupCommit;
    readonly listeners: ReadonlySet<() => void>;
    readonly db: Kysely<Tables>;
  },
): Backend["write"] {
  const { db, nowMs, random, commits, listeners } = parts;
  const insertRows = createInsertRows(parts.writer, db);
  return async <T>(work: (view: WriteView) => Promise<T>, order?: GroupOrder): Promise<T> => {
    const after = { due: false };
    const madeDue = (): void => {
      after.due = true;
    };
    const { result } = await new Promise<{ readonly result: T }>((resolve, reject: (fault: StoreError) => void) => {
      const written: { readonly result: T }[] = [];
      commits.add({
        isPatient: order?.patient === true,
        mayBeLost: order?.group === "delivered" || order?.group === "claims",
        write: async () => {
          const atMs = nowMs();
          const newId = (): string => newTimedId(random, atMs);
          const view = { db, nowMs: atMs, listed, leases, insertRows, newId, madeDue, locksRows: false };
          written.push({ result: await work(view) });
        },
        committed: () => {
          for (const one of written) resolve(one);
        },
        refused: reject,
      });
    });
    if (after.due) for (const listener of listeners) listener();
    return result;
  };
}
