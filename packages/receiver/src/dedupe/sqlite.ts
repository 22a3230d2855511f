import type { Begin, DedupeEntry, DedupeStore, RememberOptions } from "./dedupe-store.ts";
import { checkRememberMs } from "./remember.ts";

/** The part of a SQLite driver that is used: `node:sqlite`'s `DatabaseSync` and better-sqlite3 have it. */
export interface SqliteDriver {
  exec(sql: string): unknown;
  prepare(sql: string): {
    get(...values: (string | number)[]): unknown;
    run(...values: (string | number)[]): unknown;
  };
}

/** A row of our own table. `at_ms`: when it was done; until then, when its lease ends. */
interface Row {
  readonly body_hash: string;
  readonly done: 0 | 1;
  readonly at_ms: number;
}

const TABLE = `CREATE TABLE IF NOT EXISTS sameface_received (
  id TEXT PRIMARY KEY, body_hash TEXT NOT NULL, token INTEGER NOT NULL, done INTEGER NOT NULL, at_ms REAL NOT NULL
) STRICT`;
const INDEX = "CREATE INDEX IF NOT EXISTS sameface_received_at ON sameface_received (at_ms)";
// One statement, so that of two processes on one file only one begins: it takes what is new, what is to be forgotten,
// and what another run left undone when its lease ended.
const TAKE = `INSERT INTO sameface_received (id, body_hash, token, done, at_ms) VALUES (?, ?, 1, 0, ?)
  ON CONFLICT (id) DO UPDATE
    SET body_hash = excluded.body_hash, token = token + 1, done = 0, at_ms = excluded.at_ms
    WHERE at_ms <= ? OR (done = 0 AND at_ms <= ? AND body_hash = excluded.body_hash)
  RETURNING token`;

/**
 * A store in a SQLite database, which survives restarts and is shared by processes on one machine. The driver is handed
 * in, so that this package brings none. Several processes on one file: give the database a busy timeout.
 * @param database an open database; the table `sameface_received` is made in it
 * @throws {ReceiverError} `badOption`
 * @example
 * import { DatabaseSync } from "node:sqlite";
 * const store = createSqliteStore(new DatabaseSync("received.sqlite", { timeout: 5_000 }));
 */
export function createSqliteStore(database: SqliteDriver, options: RememberOptions = {}): DedupeStore {
  const { nowMs = Date.now } = options;
  const rememberMs = checkRememberMs(options.rememberMs);
  database.exec(TABLE);
  database.exec(INDEX);
  const take = database.prepare(TAKE);
  const read = database.prepare("SELECT body_hash, done, at_ms FROM sameface_received WHERE id = ?");
  const finish = database.prepare("UPDATE sameface_received SET done = 1, at_ms = ? WHERE id = ?");
  const release = database.prepare("UPDATE sameface_received SET at_ms = ? WHERE id = ? AND token = ?");
  const forget = database.prepare("DELETE FROM sameface_received WHERE at_ms <= ?");
  const begin = (entry: DedupeEntry): Begin => {
    const { id, bodyHash, leaseMs } = entry;
    const now = nowMs();
    const taken = take.get(id, bodyHash, now + leaseMs, now - rememberMs, now) as
      | { readonly token: number }
      | undefined;
    if (taken?.token !== undefined) return { kind: "first", token: taken.token };
    const row = read.get(id) as Row | undefined;
    if (row?.done === undefined) return begin(entry); // forgotten in between by another process
    if (row.body_hash !== bodyHash) return { kind: "conflict" };
    return row.done === 1 ? { kind: "done" } : { kind: "running", retryAfterMs: row.at_ms - now };
  };
  return {
    begin,
    done({ id }) {
      const now = nowMs();
      finish.run(now, id);
      forget.run(now - rememberMs);
    },
    failed({ id, token }) {
      release.run(nowMs(), id, token);
    },
  };
}
