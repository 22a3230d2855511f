import type { KeyObject } from "node:crypto";

/** Of an Ed25519 signature (RFC 8032, section 5.1.6). */
export const SIGNATURE_BYTES = 64;

/** What a signing thread is told: it answers {@link SIGNATURE_BYTES} for each, in their order, in one message or in several. */
export interface SigningBatch {
  /** What is to be signed, one after another. */
  readonly bytes: Uint8Array;
  /** Of each, in bytes. */
  readonly lengths: Uint32Array;
  readonly keys: readonly KeyObject[];
  /** Which of the keys signs each. */
  readonly keyOf: Uint32Array;
}
