import type { ReceiverStore, SharedStoreOptions } from "./dedupe-store.ts";
import { checkName } from "./remember.ts";
import { createSqlStore, type SqlValue, tablesOf } from "./sql-store.ts";

/** The part of a SQLite driver that is used: `node:sqlite`'s `DatabaseSync` and better-sqlite3 have it. */
export interface SqliteDriver {
  exec(sql: string): unknown;
  prepare(sql: string): SqliteStatement;
}

/** A prepared statement of {@link SqliteDriver}. */
export interface SqliteStatement {
  all(...values: (string | number | Uint8Array | null)[]): unknown[];
  run(...values: (string | number | Uint8Array | null)[]): unknown;
}

/**
 * A store in a SQLite database, which survives restarts and is shared by processes on one machine. The driver is handed
 * in, so that this package brings none. Several processes on one file: give the database a busy timeout.
 * @param database an open database; the tables `sameface_received` and `sameface_quarantine` are made in it
 * @throws {ReceiverError} `badOption`
 * @example
 * import { DatabaseSync } from "node:sqlite";
 * const store = createSqliteStore(new DatabaseSync("received.sqlite", { timeout: 5_000 }));
 */
export function createSqliteStore(database: SqliteDriver, options: SharedStoreOptions = {}): ReceiverStore {
  const prepared = new Map<string, SqliteStatement>();
  const statement = (sql: string): SqliteStatement => {
    const found = prepared.get(sql) ?? database.prepare(sql);
    prepared.set(sql, found);
    return found;
  };
  const store = createSqlStore(
    {
      rows: (sql: string, values: readonly SqlValue[]) => statement(sql).all(...values),
      run: (sql: string, values: readonly SqlValue[]) => statement(sql).run(...values),
      lock: "",
    },
    options,
  );
  for (const table of tablesOf(checkName(options.name), { bytes: "BLOB", real: "REAL" })) database.exec(table);
  return store;
}
