/** What a store says of an event that came in. */
export type Begin =
  /** Handle it, then say `done` or `failed` with this token. */
  | { readonly kind: "first"; readonly token: number }
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

/** One run of the handler for an event; the token tells it from a run that took over. */
export interface Run {
  readonly id: string;
  readonly token: number;
}

/**
 * Remembers which events were handled. An id counts as handled only once its handler is done: a run that died leaves a
 * lease that ends, never a mark (peers.md e, "mark-first loses"). `begin` is atomic: of any number at once one is first.
 * What it throws makes the sender try again.
 */
export interface DedupeStore {
  begin(entry: DedupeEntry): Begin | Promise<Begin>;
  /** The handler ran; also after the lease ended and another took over. */
  done(run: Run): void | Promise<void>;
  /** The handler failed: the event may begin again at once. Nothing changes when another run took over, or was done. */
  failed(run: Run): void | Promise<void>;
}

/** Milliseconds since 1970, for leases and for forgetting. */
export type NowMs = () => number;

/** How long a store remembers. */
export interface RememberOptions {
  /** How long handled ids are remembered, milliseconds: at least 4 days, default 30. */
  readonly rememberMs?: number;
  /** Default `Date.now`. */
  readonly nowMs?: NowMs;
}
