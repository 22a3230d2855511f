import type pg from "pg";
import type { Clock } from "../../clock.ts";

/**
 * The tables that grow with every decision. Without statistics any index that begins with the tenant seems as good as the
 * key, and the rows of the whole tenant are read for each one that is wanted.
 */
const ANALYZE = [
  // A tenth of the rows that are read otherwise: which index is short and which is long is told by few.
  "set local default_statistics_target = 10",
  // Both in one message, which is one transaction: whatever fails, the connection is as it was.
  "analyze events, authentications, deliveries, delivery_attempts",
].join("; ");
const FIRST_MS = 500;
/** By then the database has looked by itself: once a minute, unless it is told otherwise. */
const LAST_MS = 64_000;

/**
 * Gathers statistics of a schema that is new, at doubling intervals, until the database does it by itself. A failure is
 * nobody's: what is slower for it is so for a minute.
 * @returns the way to stop
 */
export function gatherFirstStatistics({
  pool,
  clock,
}: {
  readonly pool: Pick<pg.Pool, "query">;
  readonly clock: Pick<Clock, "after">;
}): () => void {
  let cancel = (): void => undefined;
  const next = (afterMs: number): void => {
    if (afterMs > LAST_MS) return;
    cancel = clock.after(afterMs, () => {
      pool.query(ANALYZE).catch(() => undefined);
      next(afterMs * 2);
    });
  };
  next(FIRST_MS);
  return () => {
    cancel();
  };
}
