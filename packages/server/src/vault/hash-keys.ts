import { hkdfSync } from "node:crypto";
import type { Random } from "../random.ts";
import { KEY_BYTES } from "./aes-gcm.ts";
import { VaultError } from "./vault-error.ts";

/**
 * Keys of what can't be made anew: whoever knows only the hash of an erased customer can't hash the id again. So they
 * outlive the master key, which seals them (F37).
 */
export interface HashKeys {
  readonly subject: Uint8Array;
  readonly digest: Uint8Array;
  readonly tenant: Uint8Array;
}

/** For data that is begun: nothing of them follows from any master key. */
export function makeHashKeys(random: Random): HashKeys {
  return { subject: random.bytes(KEY_BYTES), digest: random.bytes(KEY_BYTES), tenant: random.bytes(KEY_BYTES) };
}

/** Those of data that was begun when they still followed from the master key. */
export function hashKeysOf(masterKey: Uint8Array): HashKeys {
  const derive = (purpose: string): Uint8Array =>
    new Uint8Array(hkdfSync("sha256", masterKey, new Uint8Array(0), `sameface ${purpose} v1`, KEY_BYTES));
  return { subject: derive("subject"), digest: derive("digest"), tenant: derive("tenant") };
}

/** As they are sealed: one after another. */
export function encodeHashKeys({ subject, digest, tenant }: HashKeys): Uint8Array {
  return Buffer.concat([subject, digest, tenant]);
}

/** @throws {VaultError} `malformed` */
export function decodeHashKeys(bytes: Uint8Array): HashKeys {
  if (bytes.length !== 3 * KEY_BYTES) throw new VaultError("malformed", "not the keys of the hashes");
  const part = (at: number): Uint8Array => Uint8Array.from(bytes.subarray(at * KEY_BYTES, (at + 1) * KEY_BYTES));
  return { subject: part(0), digest: part(1), tenant: part(2) };
}
