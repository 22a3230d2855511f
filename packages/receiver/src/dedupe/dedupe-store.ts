/** What a store says of an event that came in. */
export type Begin =
  /** Handle it, then say `done` or `failed` with this token. */
  | { readonly kind: "first"; readonly token: string }
  /** Another run has it under lease; ask again after that time. */
  | { readonly kind: "running"; readonly retryAfterMs: number }
  /** Handled before, with the same bytes. */
  | { readonly kind: "done" }
  /** The id is known with other bytes. */
  | { readonly kind: "conflict" };

/** An event under its id. */
export interface DedupeEntry {
  readonly id: string;
  /** Lower-case hex SHA-256 of the raw body. */
  readonly bodyHash: string;
  /** How long a run may take before another may begin, milliseconds. */
  readonly leaseMs: number;
}

/**
 * Remembers which events were handled. An id counts as seen only once its handler is done: a run that died leaves a
 * lease that ends, never a mark (peers.md e, "mark-first loses").
 */
export interface DedupeStore {
  begin(entry: DedupeEntry): Begin | Promise<Begin>;
  /** The handler ran; also after the lease ended and another took over. */
  done(run: { readonly id: string; readonly token: string }): void | Promise<void>;
  /** The handler failed: the event may begin again at once. Without effect when another run has taken over. */
  failed(run: { readonly id: string; readonly token: string }): void | Promise<void>;
}

/** Milliseconds since 1970, for leases and for forgetting. */
export type NowMs = () => number;

/** Handled ids are remembered this long by default (reliability.md T16). */
export const DEFAULT_REMEMBER_MS = 30 * 24 * 3_600_000;

/** A sender retries for 75 h; a shorter memory would handle its last retry twice. */
export const MIN_REMEMBER_MS = 4 * 24 * 3_600_000;
