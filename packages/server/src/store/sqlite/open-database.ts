import { DatabaseSync } from "node:sqlite";
import { StoreError } from "../store-error.ts";
import { makePrivateFile } from "./private-files.ts";

/** Blocks the event loop while it waits, hence short; longer waits are the group commit's. */
const BUSY_TIMEOUT_MS = 100;

/** What must be true of the connection that writes, read back: a setting that SQLite ignores is ignored in silence. */
const REQUIRED = [
  { pragma: "journal_mode", set: "wal", reads: "wal" },
  // 2: FULL. An answered commit survives a power cut; NORMAL may lose it, and kill -9 can't tell the two apart.
  { pragma: "synchronous", set: "full", reads: 2 },
  { pragma: "foreign_keys", set: "on", reads: 1 },
  // What is deleted is overwritten: an erasure must not leave it in free pages (I9).
  { pragma: "secure_delete", set: "on", reads: 1 },
  // Negative: KiB. With the default of 2 MB the indices of a busy queue are read again for every group.
  { pragma: "cache_size", set: "-32768", reads: -32768 },
  // Pages, 16 MB of log: pages that change in every group are then written back once for many groups.
  { pragma: "wal_autocheckpoint", set: "4000", reads: 4000 },
] as const;

/**
 * The connection that writes.
 * @throws {StoreError} `unavailable` where a setting does not hold, or the file is no database
 */
export function openWriter(file: string): DatabaseSync {
  makePrivateFile(file);
  const database = new DatabaseSync(file, { timeout: BUSY_TIMEOUT_MS });
  for (const { pragma, set, reads } of REQUIRED) {
    database.prepare(`pragma ${pragma} = ${set}`).all();
    const value = readPragma(database, pragma);
    if (value === reads) continue;
    database.close();
    throw new StoreError("unavailable", `the database keeps ${pragma} at ${String(value)}, not ${set}`);
  }
  return database;
}

/** The connection that reads: it sees what is committed, whatever the other one is writing. */
export function openReader(file: string): DatabaseSync {
  return new DatabaseSync(file, { readOnly: true, timeout: BUSY_TIMEOUT_MS });
}

function readPragma(database: DatabaseSync, pragma: string): unknown {
  return Object.values(database.prepare(`pragma ${pragma}`).get() ?? {})[0];
}
