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
  /** The handler ran; also after the lease ended and another took over. The bytes of the event are let go. */
  done(run: Run): void | Promise<void>;
  /**
   * The handler failed: the event may begin again after `retryAfterMs`, without it at once. Nothing changes when another
   * run took over, or was done.
   */
  failed(run: Run & { readonly retryAfterMs?: number }): void | Promise<void>;
}

/** An event whose handler runs after the answer. */
export interface InboxEvent {
  readonly id: string;
  readonly timestampSeconds: number;
  readonly possibleRetry: boolean;
  /** The exact bytes. */
  readonly body: Uint8Array;
}

/** What a store has to be handled. */
export type Claim =
  /** Handle it, then say `done` or `failed` with this token. */
  | { readonly kind: "claimed"; readonly token: number; readonly event: InboxEvent }
  /** Nothing is due; `nextAtMs`: when something will be, `null`: nothing waits. */
  | { readonly kind: "idle"; readonly nextAtMs: number | null };

/** Keeps events that were acknowledged before they are handled. */
export interface InboxStore {
  /** Keeps the event under its id; `known`: it was accepted or handled before. What it throws is answered with 500. */
  accept(
    event: InboxEvent & { readonly bodyHash: string },
  ): "first" | "known" | "conflict" | Promise<"first" | "known" | "conflict">;
  /** Takes one event that is due, under a lease: of any number at once one gets it. */
  claim(leaseMs: number): Claim | Promise<Claim>;
}

/** A body that could not be read, and why. */
export interface Quarantined {
  /** The id under which it came, where the sender gave one. */
  readonly id: string | null;
  readonly reason: string;
  readonly body: Uint8Array;
  readonly atMs: number;
}

/** Keeps what could not be read, and notes what came without an id. */
export interface QuarantineStore {
  /** Whether the key was noted in the last `windowMs`; notes it. One step, so that of two at once one is told. */
  noted(key: string, windowMs: number): boolean | Promise<boolean>;
  /** Keeps bytes that could not be read, as long as ids are remembered; the same bytes once. */
  quarantine(entry: Omit<Quarantined, "atMs"> & { readonly bodyHash: string }): void | Promise<void>;
  /** What is in quarantine, the oldest first. */
  quarantined(): readonly Quarantined[] | Promise<readonly Quarantined[]>;
}

/** All that a receiver keeps: what was handled, what waits, and what could not be read. */
export interface ReceiverStore extends DedupeStore, InboxStore, QuarantineStore {}

/** Milliseconds since 1970, for leases and for forgetting. */
export type NowMs = () => number;

/** How long a store remembers. */
export interface RememberOptions {
  /** How long handled ids are remembered, milliseconds: at least 4 days, default 30. */
  readonly rememberMs?: number;
  /** Default `Date.now`. */
  readonly nowMs?: NowMs;
}

/** A store that others may share. */
export interface SharedStoreOptions extends RememberOptions {
  /** Begins the names of its tables or keys, default `sameface`. Two receivers on one database need two names. */
  readonly name?: string;
}
