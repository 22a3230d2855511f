import { decodeBase64, encodeBase64 } from "./base64.ts";
import { ContractError, type ContractErrorCode } from "./contract-error.ts";
import type { RandomBytes } from "./ids.ts";
import { publicKeyOf } from "./web-crypto.ts";

/** A shared secret: signs and verifies `v1`, HMAC-SHA256. */
export interface SecretKey {
  readonly version: "v1";
  /** 24 to 64 bytes. */
  readonly secret: Uint8Array;
}

/** Verifies `v1a`, Ed25519. */
export interface PublicKey {
  readonly version: "v1a";
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
}

/** Signs `v1a`, Ed25519. */
export interface PrivateKey extends PublicKey {
  /** 32 bytes. */
  readonly seed: Uint8Array;
}

/** What a sender holds. */
export type SigningKey = SecretKey | PrivateKey;

/** What a receiver holds. */
export type VerifyKey = SecretKey | PublicKey;

const SECRET_PREFIX = "whsec_";
const PRIVATE_PREFIX = "whsk_";
const PUBLIC_PREFIX = "whpk_";
const SECRET_BYTES = { least: 24, most: 64 };
const SEED_BYTES = 32;

/**
 * A symmetric key, from `whsec_` and base64, or from the bytes themselves.
 * Text without the prefix is refused: a hex text would decode to a wrong key in silence.
 * @throws {ContractError} `bad_secret`
 */
export function parseSecret(secret: string | Uint8Array): SecretKey {
  const bytes = typeof secret === "string" ? decoded(secret, SECRET_PREFIX) : Uint8Array.from(secret);
  if (bytes === null || bytes.length < SECRET_BYTES.least || bytes.length > SECRET_BYTES.most) {
    throw refusal("bad_secret", `a secret is ${SECRET_PREFIX} and the base64 of 24 to 64 bytes, or those bytes`);
  }
  return { version: "v1", secret: bytes };
}

/**
 * An Ed25519 public key, from `whpk_` and base64.
 * @throws {ContractError} `bad_public_key`
 */
export function parsePublicKey(text: string): PublicKey {
  const bytes = decoded(text, PUBLIC_PREFIX);
  if (bytes?.length !== SEED_BYTES) {
    throw refusal("bad_public_key", `a public key is ${PUBLIC_PREFIX} and the base64 of 32 bytes`);
  }
  return { version: "v1a", publicKey: bytes };
}

/**
 * A key to sign with: `whsec_…` or `whsk_…` (base64 of the 32-byte seed and the 32-byte public key).
 * @throws {ContractError} `bad_secret`, `bad_private_key`
 */
export function parseSigningKey(text: string): SigningKey {
  if (!text.startsWith(PRIVATE_PREFIX)) return parseSecret(text);
  const bytes = decoded(text, PRIVATE_PREFIX);
  if (bytes?.length !== 2 * SEED_BYTES) {
    throw refusal("bad_private_key", `a private key is ${PRIVATE_PREFIX} and the base64 of 64 bytes`);
  }
  return { version: "v1a", seed: bytes.slice(0, SEED_BYTES), publicKey: bytes.slice(SEED_BYTES) };
}

/**
 * A key to verify with: `whsec_…`, the bytes of a secret, or `whpk_…`.
 * @throws {ContractError} `bad_secret`, `bad_public_key`
 */
export function parseVerifyKey(key: string | Uint8Array): VerifyKey {
  return typeof key === "string" && key.startsWith(PUBLIC_PREFIX) ? parsePublicKey(key) : parseSecret(key);
}

/** A new `whsec_` secret of 32 random bytes. */
export function generateSecret(random: RandomBytes): string {
  return SECRET_PREFIX + encodeBase64(random.bytes(32));
}

/** A new Ed25519 pair as text: `whsk_…` for the sender, `whpk_…` for receivers. */
export async function generateEd25519(random: RandomBytes): Promise<{ privateKey: string; publicKey: string }> {
  const seed = random.bytes(SEED_BYTES);
  const publicKey = await publicKeyOf(seed);
  const pair = new Uint8Array(2 * SEED_BYTES);
  pair.set(seed);
  pair.set(publicKey, SEED_BYTES);
  return { privateKey: PRIVATE_PREFIX + encodeBase64(pair), publicKey: PUBLIC_PREFIX + encodeBase64(publicKey) };
}

function decoded(text: string, prefix: string): Uint8Array | null {
  return text.startsWith(prefix) ? decodeBase64(text.slice(prefix.length)) : null;
}

function refusal(code: ContractErrorCode, message: string): ContractError {
  return new ContractError(code, message); // the message never repeats the key
}
