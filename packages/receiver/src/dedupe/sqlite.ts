import type { Begin, DedupeStore, NowMs } from "./dedupe-store.ts";
import { checkRememberMs } from "./remember.ts";

/** The part of a SQLite driver that is used: `node:sqlite`'s `DatabaseSync` and better-sqlite3 have it. */
export interface SqliteDriver {
  exec(sql: string): unknown;
  prepare(sql: string): {
    get(...values: (string | number)[]): unknown;
    run(...values: (string | number)[]): { readonly changes: number | bigint };
  };
}

interface Row {
  readonly body_hash: string;
  readonly token: string | null;
  readonly until_ms: number;
}

const TABLE = `CREATE TABLE IF NOT EXISTS sameface_received (
  id TEXT PRIMARY KEY, body_hash TEXT NOT NULL, token TEXT, until_ms INTEGER NOT NULL
) STRICT`;
const INDEX = "CREATE INDEX IF NOT EXISTS sameface_received_until ON sameface_received (until_ms) WHERE token IS NULL";
// One statement, so that two processes on one file never both begin: only a lease that ended is taken over.
const TAKE = `INSERT INTO sameface_received (id, body_hash, token, until_ms) VALUES (?, ?, ?, ?)
  ON CONFLICT (id) DO UPDATE SET token = excluded.token, until_ms = excluded.until_ms
  WHERE body_hash = excluded.body_hash AND until_ms <= ?`;

/**
 * A store in a SQLite database, which survives restarts and is shared by processes on one machine. The driver is handed
 * in, so that this package brings none.
 * @param database an open database; the table `sameface_received` is made in it
 * @param options.rememberMs at least 4 days, default 30
 * @example
 * import { DatabaseSync } from "node:sqlite";
 * const store = createSqliteStore(new DatabaseSync("received.sqlite"));
 */
export function createSqliteStore(
  database: SqliteDriver,
  options: { readonly rememberMs?: number; readonly nowMs?: NowMs } = {},
): DedupeStore {
  const { nowMs = Date.now } = options;
  const rememberMs = checkRememberMs(options.rememberMs);
  database.exec(TABLE);
  database.exec(INDEX);
  const take = database.prepare(TAKE);
  const read = database.prepare("SELECT body_hash, token, until_ms FROM sameface_received WHERE id = ?");
  const forget = database.prepare("DELETE FROM sameface_received WHERE token IS NULL AND until_ms <= ?");
  const finish = database.prepare("UPDATE sameface_received SET token = NULL, until_ms = ? WHERE id = ?");
  const release = database.prepare("DELETE FROM sameface_received WHERE id = ? AND token = ?");
  const begin = (entry: { id: string; bodyHash: string; leaseMs: number }): Begin => {
    const now = nowMs();
    forget.run(now);
    const token = crypto.randomUUID();
    if (Number(take.run(entry.id, entry.bodyHash, token, now + entry.leaseMs, now).changes) === 1) {
      return { kind: "first", token };
    }
    // A row of our own table; the statement above left it in place.
    const row = read.get(entry.id) as Row | undefined;
    if (row === undefined) return { kind: "running", retryAfterMs: 0 };
    if (row.body_hash !== entry.bodyHash) return { kind: "conflict" };
    return row.token === null ? { kind: "done" } : { kind: "running", retryAfterMs: row.until_ms - now };
  };
  return {
    begin,
    done({ id }) {
      finish.run(nowMs() + rememberMs, id);
    },
    failed({ id, token }) {
      release.run(id, token);
    },
  };
}
