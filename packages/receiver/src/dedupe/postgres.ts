import type { ReceiverStore, SharedStoreOptions } from "./dedupe-store.ts";
import { checkName } from "./remember.ts";
import { createSqlStore, type SqlValue, tablesOf } from "./sql-store.ts";

/** The part of a PostgreSQL client that is used: `Pool` and `Client` of pg and PGlite have it. */
export interface PostgresClient {
  query(text: string, values?: unknown[]): Promise<{ readonly rows: readonly unknown[] }>;
}

// Any number, the same in every process: CREATE … IF NOT EXISTS alone fails when two run it at once.
const TABLES_LOCK = 5_274_101_511;

/**
 * A store in PostgreSQL, shared by any number of machines. The client is handed in, so that this package brings none.
 * @param client a pool, or a connection; `sameface_received` and `sameface_quarantine` are made by the first use
 * @throws {ReceiverError} `badOption`
 * @example
 * import pg from "pg";
 * const store = createPostgresStore(new pg.Pool({ connectionString }));
 */
export function createPostgresStore(client: PostgresClient, options: SharedStoreOptions = {}): ReceiverStore {
  const tables = tablesOf(checkName(options.name), { bytes: "BYTEA", real: "DOUBLE PRECISION" });
  let made: Promise<unknown> | undefined;
  const makeTables = async (): Promise<void> => {
    // One text without values is one transaction on one connection.
    made ??= client.query([`SELECT pg_advisory_xact_lock(${TABLES_LOCK})`, ...tables].join(";"));
    try {
      await made;
    } catch (error) {
      made = undefined; // a database that was away at first may come
      throw error;
    }
  };
  const texts = new Map<string, string>();
  const numbered = (sql: string): string => {
    let count = 0;
    const text = texts.get(sql) ?? sql.replace(/\?/g, () => `$${(count += 1)}`);
    texts.set(sql, text);
    return text;
  };
  const rows = async (sql: string, values: readonly SqlValue[]): Promise<readonly unknown[]> => {
    await makeTables();
    return (await client.query(numbered(sql), [...values])).rows;
  };
  return createSqlStore({ rows, run: rows, lock: " FOR UPDATE SKIP LOCKED" }, options);
}
