/**
 * The outcome names: one list for header, API filter, CLI, receiver and dashboard.
 * The receiver alone adds `inconsistent`.
 * @see contract.md §5
 */
export const OUTCOME_KINDS = [
  "passed",
  "declined",
  "unknown-customer",
  "blocklisted",
  "spoof",
  "not-recognized",
  "error",
] as const;

/** One of {@link OUTCOME_KINDS}. */
export type OutcomeKind = (typeof OUTCOME_KINDS)[number];
