import type { KeyObject } from "node:crypto";

/** Of an Ed25519 signature (RFC 8032, section 5.1.6). */
export const SIGNATURE_BYTES = 64;

/** What a signing thread is told. */
export interface SigningBatch {
  /** No two of a thread have the same. */
  readonly batch: number;
  /** What is to be signed, one after another. */
  readonly bytes: Uint8Array;
  /** Of each, in bytes. */
  readonly lengths: Uint32Array;
  readonly keys: readonly KeyObject[];
  /** Which of the keys signs each. */
  readonly keyOf: Uint32Array;
}

/** What it answers: of one batch in one message or in several. */
export interface SignedPart {
  readonly batch: number;
  /** Of the first signature, in the batch. */
  readonly from: number;
  /** {@link SIGNATURE_BYTES} each, in the order of the batch. */
  readonly signatures: Uint8Array;
}
