/** What a change of the master key leaves, in one transaction. */
export interface KeyChange {
  /** Proof of the key that seals from now on. */
  readonly masterKeyCheck: Uint8Array;
  /** Proof of the one whose records are to be moved. */
  readonly previousKeyCheck: Uint8Array;
  /** The keys of the hashes, sealed under the new one. */
  readonly hashKeys: Uint8Array;
}

/** One batch of records that move from one master key to the next. */
export interface RewrapBatch {
  /** Proof of the key that they move to. */
  readonly masterKeyCheck: Uint8Array;
  readonly limit: number;
  /** Pure: a batch may be begun more than once. `null`: it is under that key already. */
  readonly rewrap: (sealed: Uint8Array) => Uint8Array | null;
}

/** What a batch came to. */
export type Rewrapped =
  | { readonly kind: "moved"; readonly records: number }
  /** Nothing is left that another key sealed. */
  | { readonly kind: "done" }
  /** Nothing was begun, or another process has changed to another key. */
  | { readonly kind: "none" };

/** The part of the port that proves the master key, and moves sealed records from one to the next (F37). */
export interface Rewrapping {
  readMeta(name: string): Promise<Uint8Array | null>;
  /** Writes only if absent; answers what stands there afterwards. */
  putMetaOnce(name: string, value: Uint8Array): Promise<Uint8Array>;

  /** Every sealed record is looked at once more from now on; one that was begun goes on where it was. Audited. */
  beginRewrap(change: KeyChange): Promise<void>;
  /**
   * The next batch, in one transaction with the move of its cursor: a process that dies leaves it as it was before the
   * batch (K12). Done is what was looked through from the first to the last without finding anything.
   */
  advanceRewrap(batch: RewrapBatch): Promise<Rewrapped>;
}
