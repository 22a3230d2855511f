import type {
  Begin,
  DedupeEntry,
  DedupeStore,
  InboxStore,
  NowMs,
  QuarantineStore,
  ReceiverStore,
  SharedStoreOptions,
} from "./dedupe-store.ts";
import { checkName, checkRememberMs } from "./remember.ts";

/** What stands for a `?`. @internal */
export type SqlValue = string | number | Uint8Array | null;

/** A database, with what SQLite and PostgreSQL say differently. @internal */
export interface SqlDatabase {
  /** Both make their tables before the first statement. */
  rows(sql: string, values: readonly SqlValue[]): readonly unknown[] | Promise<readonly unknown[]>;
  run(sql: string, values: readonly SqlValue[]): unknown;
  /** Ends the sub-select of a claim. */
  readonly lock: string;
}

/** A row of ours. `at_ms`: when it was done; until then, when its lease ends, or when it is due. */
interface Row {
  readonly id: string;
  readonly body_hash: string;
  readonly token: number;
  readonly done: 0 | 1;
  readonly at_ms: number;
  /** Waits in the inbox as long as there is one. */
  readonly body: Uint8Array;
  readonly timestamp_seconds: number;
  readonly possible_retry: 0 | 1;
  readonly reason: string;
}

/** The tables of a store, for a database that gives bytes and 64-bit numbers these names. @internal */
export function tablesOf(name: string, { bytes, real }: { readonly bytes: string; readonly real: string }): string[] {
  return [
    `CREATE TABLE IF NOT EXISTS ${name}_received (id TEXT PRIMARY KEY, body_hash TEXT NOT NULL,
      token INTEGER NOT NULL, done INTEGER NOT NULL, at_ms ${real} NOT NULL,
      body ${bytes}, timestamp_seconds ${real}, possible_retry INTEGER)`,
    `CREATE INDEX IF NOT EXISTS ${name}_received_at ON ${name}_received (at_ms)`,
    `CREATE INDEX IF NOT EXISTS ${name}_received_due ON ${name}_received (at_ms) WHERE body IS NOT NULL`,
    `CREATE TABLE IF NOT EXISTS ${name}_quarantine (body_hash TEXT PRIMARY KEY, id TEXT, reason TEXT NOT NULL,
      body ${bytes} NOT NULL, at_ms ${real} NOT NULL)`,
  ];
}

/** Each is one statement, so that of two processes on one database only one is first. */
function statements(name: string, lock: string) {
  const t = `${name}_received`;
  return {
    // Takes what is new, what is to be forgotten, and what another run left undone when its lease ended.
    take: `INSERT INTO ${t} (id, body_hash, token, done, at_ms) VALUES (?, ?, 1, 0, ?)
      ON CONFLICT (id) DO UPDATE
        SET body_hash = excluded.body_hash, token = ${t}.token + 1, done = 0, at_ms = excluded.at_ms
        WHERE (${t}.at_ms <= ? AND ${t}.body IS NULL)
          OR (${t}.done = 0 AND ${t}.at_ms <= ? AND ${t}.body_hash = excluded.body_hash)
      RETURNING token`,
    // The same without a lease; a run that has begun keeps its own.
    accept: `INSERT INTO ${t} (id, body_hash, token, done, at_ms, body, timestamp_seconds, possible_retry)
      VALUES (?, ?, 0, 0, ?, ?, ?, ?)
      ON CONFLICT (id) DO UPDATE
        SET body_hash = excluded.body_hash, body = excluded.body, timestamp_seconds = excluded.timestamp_seconds,
          possible_retry = excluded.possible_retry, done = 0,
          at_ms = CASE WHEN ${t}.at_ms > excluded.at_ms THEN ${t}.at_ms ELSE excluded.at_ms END
        WHERE ${t}.body IS NULL
          AND (${t}.at_ms <= ? OR (${t}.done = 0 AND ${t}.body_hash = excluded.body_hash))
      RETURNING token`,
    read: `SELECT body_hash, done, at_ms FROM ${t} WHERE id = ?`,
    claim: `UPDATE ${t} SET token = token + 1, at_ms = ? WHERE id =
      (SELECT id FROM ${t} WHERE body IS NOT NULL AND at_ms <= ? ORDER BY at_ms LIMIT 1${lock})
      RETURNING id, token, body, timestamp_seconds, possible_retry`,
    next: `SELECT min(at_ms) AS at_ms FROM ${t} WHERE body IS NOT NULL`,
    finish: `UPDATE ${t} SET done = 1, at_ms = ?, body = NULL WHERE id = ?`,
    release: `UPDATE ${t} SET at_ms = ? WHERE id = ? AND token = ? AND done = 0`,
    forget: `DELETE FROM ${t} WHERE at_ms <= ? AND body IS NULL`,
    note: `INSERT INTO ${t} (id, body_hash, token, done, at_ms) VALUES (?, '', 0, 1, ?)
      ON CONFLICT (id) DO UPDATE
        SET token = CASE WHEN ${t}.at_ms > ? THEN 1 ELSE 0 END, at_ms = excluded.at_ms
      RETURNING token`,
    keep: `INSERT INTO ${name}_quarantine (body_hash, id, reason, body, at_ms) VALUES (?, ?, ?, ?, ?)
      ON CONFLICT (body_hash) DO NOTHING`,
    forgetKept: `DELETE FROM ${name}_quarantine WHERE at_ms <= ?`,
    listKept: `SELECT id, reason, body, at_ms FROM ${name}_quarantine ORDER BY at_ms`,
  } as const;
}

/** What each part of a store stands on. */
interface SqlParts {
  readonly nowMs: NowMs;
  readonly rememberMs: number;
  readonly sql: ReturnType<typeof statements>;
  readonly rows: (text: string, ...values: SqlValue[]) => Promise<readonly Row[]>;
  readonly run: (text: string, ...values: SqlValue[]) => Promise<unknown>;
}

/** A store over SQL. @throws {ReceiverError} `badOption` @internal */
export function createSqlStore(database: SqlDatabase, options: SharedStoreOptions): ReceiverStore {
  const parts: SqlParts = {
    nowMs: options.nowMs ?? Date.now,
    rememberMs: checkRememberMs(options.rememberMs),
    sql: statements(checkName(options.name), database.lock),
    rows: async (text, ...values) => (await database.rows(text, values)) as readonly Row[], // our own tables
    run: async (text, ...values) => await database.run(text, values),
  };
  return { ...dedupeOf(parts), ...inboxOf(parts), ...quarantineOf(parts) };
}

function dedupeOf({ nowMs, rememberMs, sql, rows, run }: SqlParts): DedupeStore {
  const begin = async (entry: DedupeEntry): Promise<Begin> => {
    const { id, bodyHash, leaseMs } = entry;
    const now = nowMs();
    const [taken] = await rows(sql.take, id, bodyHash, now + leaseMs, now - rememberMs, now);
    if (taken !== undefined) return { kind: "first", token: taken.token };
    const [row] = await rows(sql.read, id);
    if (row === undefined) return await begin(entry); // forgotten in between by another process
    if (row.body_hash !== bodyHash) return { kind: "conflict" };
    return row.done === 1 ? { kind: "done" } : { kind: "running", retryAfterMs: row.at_ms - now };
  };
  return {
    begin,
    async done({ id }) {
      const now = nowMs();
      await run(sql.finish, now, id);
      await run(sql.forget, now - rememberMs);
    },
    async failed({ id, token, retryAfterMs = 0 }) {
      await run(sql.release, nowMs() + retryAfterMs, id, token);
    },
  };
}

function inboxOf({ nowMs, rememberMs, sql, rows }: SqlParts): InboxStore {
  return {
    async accept({ id, bodyHash, body, timestampSeconds, possibleRetry }) {
      const now = nowMs();
      const values = [id, bodyHash, now, body, timestampSeconds, Number(possibleRetry), now - rememberMs];
      if ((await rows(sql.accept, ...values)).length > 0) return "first";
      // Without a row it was done and forgotten in between.
      return (await rows(sql.read, id)).every((row) => row.body_hash === bodyHash) ? "known" : "conflict";
    },
    async claim(leaseMs) {
      const now = nowMs();
      const [row] = await rows(sql.claim, now + leaseMs, now);
      if (row === undefined) return { kind: "idle", nextAtMs: (await rows(sql.next))[0]?.at_ms ?? null };
      const { id, token, body, timestamp_seconds: timestampSeconds } = row;
      const event = { id, timestampSeconds, possibleRetry: row.possible_retry === 1, body };
      return { kind: "claimed", token, event };
    },
  };
}

function quarantineOf({ nowMs, rememberMs, sql, rows, run }: SqlParts): QuarantineStore {
  return {
    async noted(key, windowMs) {
      const now = nowMs();
      return (await rows(sql.note, key, now, now - windowMs)).some((row) => row.token === 1);
    },
    async quarantine({ id, reason, body, bodyHash }) {
      const now = nowMs();
      await run(sql.forgetKept, now - rememberMs);
      await run(sql.keep, bodyHash, id, reason, body, now);
    },
    async quarantined() {
      const kept = await rows(sql.listKept);
      return kept.map(({ id, reason, body, at_ms: atMs }) => ({ id, reason, body, atMs }));
    },
  };
}
