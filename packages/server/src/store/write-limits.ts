/** How much waits to be written; what comes beyond is refused with `busy`. */
export const WRITE_LIMITS = {
  /** More writes than this wait only where the disk or the database can't keep up. */
  queue: 5_000,
  /** Where PostgreSQL wrote nothing for this long, whoever has not begun is refused: the wait is bounded (F32). */
  stalledMs: 2_000,
} as const;
