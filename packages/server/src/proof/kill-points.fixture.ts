/**
 * Where a process may die (reliability.md §3). K3 is a picture that is kept, of which nothing is committed yet. K12 is an
 * erasure or a sweep; the re-wrap has a test of its own.
 */
export const KILL_POINTS = ["K1", "K2", "K3", "K4", "K5", "K6", "K7", "K8", "K9", "K10", "K11", "K12"] as const;
/** One of {@link KILL_POINTS}. */
export type KillPoint = (typeof KILL_POINTS)[number];
