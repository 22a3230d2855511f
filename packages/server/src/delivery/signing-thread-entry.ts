import { sign } from "node:crypto";
import { parentPort } from "node:worker_threads";
import { SIGNATURE_BYTES, type SignedPart, type SigningBatch } from "./signing-batch.ts";

/** Signatures that are answered at once, so that the first of a batch are on their way while the last are made. */
const ANSWERED_AT_ONCE = 16;

// What a signing thread runs: it knows of nothing but the batches that it is told.
parentPort?.on("message", ({ batch, bytes, lengths, keys, keyOf }: SigningBatch) => {
  let at = 0;
  for (let from = 0; from < lengths.length; from += ANSWERED_AT_ONCE) {
    const some = lengths.subarray(from, from + ANSWERED_AT_ONCE);
    const signatures = new Uint8Array(SIGNATURE_BYTES * some.length);
    for (const [place, length] of some.entries()) {
      const key = keys[keyOf[from + place] ?? 0];
      if (key === undefined) throw new RangeError("a batch without the key that it names");
      signatures.set(sign(null, bytes.subarray(at, at + length), key), SIGNATURE_BYTES * place);
      at += length;
    }
    const part: SignedPart = { batch, from, signatures };
    parentPort?.postMessage(part, [signatures.buffer]);
  }
});
