import { ReceiverError } from "../receiver-error.ts";
import type { DedupeStore, RememberOptions } from "./dedupe-store.ts";
import { checkRememberMs, MIN_REMEMBER_MS } from "./remember.ts";

/** About 200 MB when full. */
const DEFAULT_MAX_ENTRIES = 1_000_000;

interface Row {
  readonly bodyHash: string;
  readonly token: number;
  done: boolean;
  /** When it was done; until then, when its lease ends. */
  atMs: number;
}

/** How a store in memory is bounded. */
export interface MemoryStoreOptions extends RememberOptions {
  /**
   * Most ids at once, default 1,000,000. A full store forgets ids that are older than 4 days; where there is none, it
   * takes no new event (`storeFull`), so the sender tries again: better late than twice.
   */
  readonly maxEntries?: number;
}

/**
 * A store in memory: forgets at a restart, so an event that was handled just before one may be handled again. For tests,
 * and for handlers that may run twice.
 * @throws {ReceiverError} `badOption`
 */
export function createMemoryStore(options: MemoryStoreOptions = {}): DedupeStore {
  const { nowMs = Date.now, maxEntries = DEFAULT_MAX_ENTRIES } = options;
  if (!(maxEntries >= 1)) throw new ReceiverError("badOption", `maxEntries is ${maxEntries}; at least 1`);
  const rememberMs = checkRememberMs(options.rememberMs);
  const rows = new Map<string, Row>();
  let lastToken = 0;
  return {
    begin({ id, bodyHash, leaseMs }) {
      const now = nowMs();
      const row = rows.get(id);
      if (row !== undefined && row.atMs > now - rememberMs) {
        if (row.bodyHash !== bodyHash) return { kind: "conflict" };
        if (row.done) return { kind: "done" };
        if (row.atMs > now) return { kind: "running", retryAfterMs: row.atMs - now };
      }
      if (row === undefined && rows.size >= maxEntries) forget(rows, now - MIN_REMEMBER_MS);
      if (row === undefined && rows.size >= maxEntries) {
        throw new ReceiverError("storeFull", `${maxEntries} ids of the last 4 days: use a store on disk`);
      }
      lastToken += 1;
      rows.delete(id);
      rows.set(id, { bodyHash, token: lastToken, done: false, atMs: now + leaseMs });
      return { kind: "first", token: lastToken };
    },
    done({ id }) {
      const row = rows.get(id);
      if (row === undefined) return;
      rows.delete(id);
      rows.set(id, { ...row, done: true, atMs: nowMs() });
    },
    failed({ id, token }) {
      const row = rows.get(id);
      if (row?.token === token) row.atMs = nowMs();
    },
  };
}

/** A map keeps the order of insertion, and `begin` and `done` insert anew, so the oldest stand first. */
function forget(rows: Map<string, Row>, beforeMs: number): void {
  for (const [id, row] of rows) {
    if (row.atMs > beforeMs) return;
    rows.delete(id);
  }
}
