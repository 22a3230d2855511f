/**
 * The request headers of a delivery that are ours.
 * `id`, `timestamp` and `signature` are those of Standard Webhooks; `outcome`, `attempt` and `sequence` are unsigned, for
 * people and routers: no decision may rest on them. `sequence` comes with what an ordered endpoint gets: a larger one
 * happened later.
 * @see contract.md §6
 */
export const HEADERS = {
  id: "webhook-id",
  timestamp: "webhook-timestamp",
  signature: "webhook-signature",
  outcome: "sameface-outcome",
  attempt: "sameface-attempt",
  sequence: "sameface-sequence",
} as const;
