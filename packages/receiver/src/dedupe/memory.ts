import { checkLeast } from "../check-option.ts";
import { ReceiverError } from "../receiver-error.ts";
import type {
  DedupeStore,
  InboxEvent,
  InboxStore,
  NowMs,
  Quarantined,
  QuarantineStore,
  ReceiverStore,
  RememberOptions,
} from "./dedupe-store.ts";
import { checkRememberMs, MIN_REMEMBER_MS } from "./remember.ts";

/** About 200 MB when full. */
const DEFAULT_MAX_ENTRIES = 1_000_000;
/** At most 100 MB of bodies that could not be read; the oldest go first. */
const MAX_QUARANTINED = 100;

interface Row {
  readonly bodyHash: string;
  readonly token: number;
  done: boolean;
  /** When it was done; until then, when its lease ends, or when it is due. */
  atMs: number;
  /** Waits in the inbox as long as it is there. */
  readonly event?: InboxEvent;
}

type Waiting = Row & { readonly event: InboxEvent };

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
export function createMemoryStore(options: MemoryStoreOptions = {}): ReceiverStore {
  const rows = createRows(options);
  return { ...dedupeOf(rows), ...inboxOf(rows), ...quarantineOf(rows) };
}

/** Rows under their ids, bounded. */
interface Rows {
  readonly nowMs: NowMs;
  readonly rememberMs: number;
  /** Those that wait in the inbox. */
  readonly due: ReadonlyMap<string, Waiting>;
  /** The row, also one that is to be forgotten. */
  readonly get: (id: string) => Row | undefined;
  readonly known: (id: string) => Row | undefined;
  readonly put: (id: string, row: Row) => void;
}

function createRows({ nowMs = Date.now, maxEntries = DEFAULT_MAX_ENTRIES, rememberMs }: MemoryStoreOptions): Rows {
  checkLeast(maxEntries, { name: "maxEntries", least: 1 });
  const keepMs = checkRememberMs(rememberMs);
  const rows = new Map<string, Row>();
  const due = new Map<string, Waiting>();
  return {
    nowMs,
    rememberMs: keepMs,
    due,
    get: (id) => rows.get(id),
    known(id) {
      const row = rows.get(id);
      return row !== undefined && (isWaiting(row) || row.atMs > nowMs() - keepMs) ? row : undefined;
    },
    put(id, row) {
      if (!rows.has(id) && rows.size >= maxEntries) forget(rows, nowMs() - MIN_REMEMBER_MS);
      if (!rows.has(id) && rows.size >= maxEntries) {
        throw new ReceiverError("storeFull", `${maxEntries} ids of the last 4 days: use a store on disk`);
      }
      rows.delete(id);
      rows.set(id, row);
      if (isWaiting(row)) due.set(id, row);
      else due.delete(id);
    },
  };
}

function dedupeOf({ nowMs, get, known, put }: Rows): DedupeStore {
  return {
    begin({ id, bodyHash, leaseMs }) {
      const now = nowMs();
      const row = known(id);
      if (row !== undefined) {
        if (row.bodyHash !== bodyHash) return { kind: "conflict" };
        if (row.done) return { kind: "done" };
        if (row.atMs > now) return { kind: "running", retryAfterMs: row.atMs - now };
      }
      const token = (get(id)?.token ?? 0) + 1;
      put(id, { ...row, bodyHash, token, done: false, atMs: now + leaseMs });
      return { kind: "first", token };
    },
    done({ id }) {
      const row = get(id);
      if (row !== undefined) put(id, { bodyHash: row.bodyHash, token: row.token, done: true, atMs: nowMs() });
    },
    failed({ id, token, retryAfterMs = 0 }) {
      const row = get(id);
      if (row?.token === token && !row.done) row.atMs = nowMs() + retryAfterMs;
    },
  };
}

function inboxOf({ nowMs, known, put, due }: Rows): InboxStore {
  return {
    accept({ bodyHash, ...event }) {
      const row = known(event.id);
      if (row !== undefined && row.bodyHash !== bodyHash) return "conflict";
      if (row !== undefined && (row.done || isWaiting(row))) return "known";
      const atMs = Math.max(nowMs(), row?.atMs ?? 0); // a run that has begun keeps its lease
      put(event.id, { bodyHash, token: row?.token ?? 0, done: false, atMs, event });
      return "first";
    },
    claim(leaseMs) {
      const now = nowMs();
      let next: Waiting | undefined;
      for (const row of due.values()) if (next === undefined || row.atMs < next.atMs) next = row;
      if (next === undefined || next.atMs > now) return { kind: "idle", nextAtMs: next?.atMs ?? null };
      const { event } = next;
      const token = next.token + 1;
      put(event.id, { ...next, token, atMs: now + leaseMs });
      return { kind: "claimed", event, token };
    },
  };
}

function quarantineOf({ nowMs, rememberMs, get, put }: Rows): QuarantineStore {
  const kept = new Map<string, Quarantined>();
  return {
    noted(key, windowMs) {
      const row = get(key);
      put(key, { bodyHash: "", token: 0, done: true, atMs: nowMs() });
      return row !== undefined && row.atMs > nowMs() - windowMs;
    },
    quarantine({ id, reason, body, bodyHash }) {
      const now = nowMs();
      if (!kept.has(bodyHash)) kept.set(bodyHash, { id, reason, body, atMs: now });
      for (const [hash, { atMs }] of kept) {
        if (kept.size > MAX_QUARANTINED || atMs <= now - rememberMs) kept.delete(hash);
      }
    },
    quarantined: () => [...kept.values()],
  };
}

function isWaiting(row: Row): row is Waiting {
  return row.event !== undefined;
}

/** A map keeps the order of insertion, and each change inserts anew, so the oldest stand first. */
function forget(rows: Map<string, Row>, beforeMs: number): void {
  for (const [id, row] of rows) {
    if (row.atMs > beforeMs) return;
    if (row.event === undefined) rows.delete(id);
  }
}
