import type { Begin, DedupeStore, NowMs } from "./dedupe-store.ts";
import { checkRememberMs } from "./remember.ts";

interface Row {
  readonly bodyHash: string;
  /** `null`: done. */
  token: string | null;
  /** End of the lease, or of the memory once done. */
  untilMs: number;
}

/**
 * A store in memory: forgets at a restart, so an event that was handled just before one may be handled again. For tests,
 * and for handlers that may run twice.
 * @param options.rememberMs at least 4 days, default 30
 * @param options.nowMs default `Date.now`
 */
export function createMemoryStore(options: { readonly rememberMs?: number; readonly nowMs?: NowMs } = {}): DedupeStore {
  const { nowMs = Date.now } = options;
  const rememberMs = checkRememberMs(options.rememberMs);
  const rows = new Map<string, Row>();
  let runs = 0;
  const forget = (now: number): void => {
    // A map keeps the order of insertion, and `done` inserts anew: the first that is not due ends the walk.
    for (const [id, row] of rows) {
      if (row.token === null && row.untilMs <= now) rows.delete(id);
      else if (row.token === null) return;
    }
  };
  return {
    begin({ id, bodyHash, leaseMs }): Begin {
      const now = nowMs();
      forget(now);
      const row = rows.get(id);
      if (row !== undefined && row.bodyHash !== bodyHash) return { kind: "conflict" };
      if (row?.token === null && row.untilMs > now) return { kind: "done" };
      if (row !== undefined && row.token !== null && row.untilMs > now) {
        return { kind: "running", retryAfterMs: row.untilMs - now };
      }
      runs += 1;
      const token = String(runs);
      rows.set(id, { bodyHash, token, untilMs: now + leaseMs });
      return { kind: "first", token };
    },
    done({ id }) {
      const row = rows.get(id);
      if (row === undefined) return;
      rows.delete(id);
      rows.set(id, { bodyHash: row.bodyHash, token: null, untilMs: nowMs() + rememberMs });
    },
    failed({ id, token }) {
      if (rows.get(id)?.token === token) rows.delete(id);
    },
  };
}
