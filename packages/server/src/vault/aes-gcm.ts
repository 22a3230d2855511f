import { createCipheriv, createDecipheriv } from "node:crypto";
import { VaultError } from "./vault-error.ts";

const ALGORITHM = "aes-256-gcm";
/** Bytes; the length for which GCM takes the nonce as it is (NIST SP 800-38D §5.2.1.1). */
export const NONCE_BYTES = 12;
/** Bytes; the full tag: shorter ones weaken GCM more than their length says (SP 800-38D appendix C). */
export const TAG_BYTES = 16;
/** Bytes of an AES-256 key. */
export const KEY_BYTES = 32;

/** What one encryption or decryption needs beside its text. */
export interface AesGcmInput {
  readonly key: Uint8Array;
  readonly nonce: Uint8Array;
  readonly additionalData: Uint8Array;
}

/** @returns the ciphertext and, behind it, the tag */
export function encryptAesGcm(plaintext: Uint8Array, input: AesGcmInput): Uint8Array {
  const cipher = createCipheriv(ALGORITHM, input.key, input.nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(input.additionalData);
  return Buffer.concat([cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
}

/**
 * @param sealed ciphertext and, behind it, the tag
 * @throws {VaultError} `tampered` where the tag does not fit; nothing of the text is given out then
 */
export function decryptAesGcm(sealed: Uint8Array, input: AesGcmInput): Uint8Array {
  const split = sealed.length - TAG_BYTES;
  if (split < 0) throw new VaultError("tampered", "shorter than its tag");
  const decipher = createDecipheriv(ALGORITHM, input.key, input.nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(input.additionalData);
  decipher.setAuthTag(sealed.subarray(split));
  const text = decipher.update(sealed.subarray(0, split));
  try {
    return Buffer.concat([text, decipher.final()]);
  } catch (cause) {
    throw new VaultError("tampered", "the tag does not fit: other bytes, or another context", { cause });
  }
}
