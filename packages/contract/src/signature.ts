import { decodeBase64, encodeBase64 } from "./base64.ts";
import { ContractError } from "./contract-error.ts";
import { type HeaderRefusal, type HeadersLike, isWebhookId, readSignatureHeaders } from "./signature-headers.ts";
import type { PublicKey, SecretKey, SigningKey, VerifyKey } from "./signing-keys.ts";
import { type Ed25519Verify, type Primitives, type VerifyPrimitives, webCrypto, webVerify } from "./web-crypto.ts";

/** Seconds a signature may lie in the past or the future, both bounds included (Standard Webhooks). */
export const DEFAULT_TOLERANCE_SECONDS = 300;

/** Why a request is not verified, in the order in which it is looked for. */
export type VerifyRefusal =
  | HeaderRefusal
  | "timestamp_too_old"
  | "timestamp_too_new"
  | "no_supported_signature"
  | "signature_mismatch";

/** What {@link verify} answers: a value, never an exception for what a sender may send. */
export type VerifyResult =
  | { readonly ok: true; readonly id: string; readonly timestampSeconds: number }
  | { readonly ok: false; readonly reason: VerifyRefusal };

/** What is signed, and with what. */
export interface SignOptions extends Primitives {
  /** `webhook-id`: 1 to 256 visible ASCII characters without `.` and `,`. */
  readonly id: string;
  /** `webhook-timestamp`: whole seconds since 1970, at most 12 digits. */
  readonly timestampSeconds: number;
  /** The raw bytes of the body. */
  readonly body: Uint8Array;
  /** At least one; several during a rotation, both kinds side by side. */
  readonly keys: readonly SigningKey[];
}

/** The request as it came, without parsing it. */
export interface SignedRequest {
  readonly body: Uint8Array;
  readonly headers: HeadersLike;
  /** The receiver's clock, seconds since 1970. */
  readonly nowSeconds: number;
}

/** What a verifier holds. */
export interface VerifierOptions extends VerifyPrimitives {
  /** At least one; both kinds, and several during a rotation. */
  readonly keys: readonly VerifyKey[];
  /** Default 300. */
  readonly toleranceSeconds?: number;
}

/** Verifies requests; imported keys are kept. */
export type Verifier = (request: SignedRequest) => Promise<VerifyResult>;

/**
 * The value of `webhook-signature`: one token a key, in the order of the keys.
 * @throws {ContractError} `bad_secret` without any key; `bad_argument` for an id or a time that can't be signed
 * @example
 * const signature = await sign({ id, timestampSeconds, body, keys: [parseSigningKey(secret)] });
 * @see Standard Webhooks, "Signature scheme"
 */
export async function sign(options: SignOptions): Promise<string> {
  const { id, timestampSeconds, body, keys } = options;
  if (keys.length === 0) throw new ContractError("bad_secret", "there is no key to sign with");
  if (!isWebhookId(id)) throw new ContractError("bad_argument", "a webhook-id is visible ASCII without dot and comma");
  if (!Number.isInteger(timestampSeconds) || timestampSeconds < 0 || timestampSeconds >= 1e12) {
    throw new ContractError("bad_argument", "a timestamp is whole seconds since 1970");
  }
  const byWebCrypto = webCrypto();
  const { mac = byWebCrypto.mac, ed25519 = byWebCrypto.ed25519 } = options;
  const parts = signedParts(id, String(timestampSeconds), body);
  const tokens = keys.map(async (key) =>
    key.version === "v1"
      ? `v1,${await mac(key.secret, parts)}`
      : `v1a,${encodeBase64(await ed25519.sign(key.seed, parts))}`,
  );
  return (await Promise.all(tokens)).join(" ");
}

/**
 * A verifier that keeps its keys ready, for a receiver that runs long.
 * @throws {ContractError} `bad_secret` without any key; `bad_argument` for a tolerance that is not a number ≥ 0
 */
export function createVerifier(options: VerifierOptions): Verifier {
  const { keys, toleranceSeconds = DEFAULT_TOLERANCE_SECONDS } = options;
  if (keys.length === 0) throw new ContractError("bad_secret", "there is no key to verify with");
  // NaN would make every comparison false, and so any age pass.
  if (!(toleranceSeconds >= 0)) throw new ContractError("bad_argument", "toleranceSeconds is a number of 0 or more");
  const byWebCrypto = webVerify();
  const { mac = byWebCrypto.mac, ed25519 = byWebCrypto.ed25519 } = options;
  const secrets = keys.filter(isSecret);
  const publicKeys = keys.filter(isPublic);
  // One async function, and none awaited where a MAC is at hand: a hop between two costs as much as a small hash.
  return async ({ body, headers, nowSeconds }) => {
    const read = readSignatureHeaders(headers);
    if (typeof read === "string") return { ok: false, reason: read };
    const { id, timestamp } = read;
    const timestampSeconds = Number(timestamp);
    const age = ageRefusal(Math.floor(nowSeconds) - timestampSeconds, toleranceSeconds);
    if (age !== null) return { ok: false, reason: age };
    const macs = secrets.length > 0 ? read.macs : [];
    const signatures = publicKeys.length > 0 ? read.signatures : [];
    if (macs.length + signatures.length === 0) return { ok: false, reason: "no_supported_signature" };
    const parts = signedParts(id, timestamp, body);
    let matches = false;
    for (const { secret } of macs.length > 0 ? secrets : []) {
      const made = mac(secret, parts);
      const expected = typeof made === "string" ? made : await made;
      // No early exit, neither between tokens nor between secrets: time tells nothing about which one matched.
      for (const value of macs) matches = equalInConstantTime(expected, value) || matches;
    }
    if (!matches && signatures.length > 0) matches = await anySignature(signatures, parts, { ed25519, publicKeys });
    return matches ? { ok: true, id, timestampSeconds } : { ok: false, reason: "signature_mismatch" };
  };
}

/**
 * Verifies one request over its raw bytes.
 * @throws {ContractError} as {@link createVerifier}: a fault of the configuration, never of the request
 */
export async function verify(options: SignedRequest & VerifierOptions): Promise<VerifyResult> {
  return await createVerifier(options)(options);
}

function isSecret(key: VerifyKey): key is SecretKey {
  return key.version === "v1";
}

function isPublic(key: VerifyKey): key is PublicKey {
  return key.version === "v1a";
}

function ageRefusal(ageSeconds: number, toleranceSeconds: number): VerifyRefusal | null {
  // Written so that a clock that answers NaN refuses.
  if (!(ageSeconds <= toleranceSeconds)) return "timestamp_too_old";
  return ageSeconds < -toleranceSeconds ? "timestamp_too_new" : null;
}

interface PublicKeys {
  readonly ed25519: Ed25519Verify;
  readonly publicKeys: readonly PublicKey[];
}

async function anySignature(
  values: readonly string[],
  parts: readonly Uint8Array[],
  { ed25519, publicKeys }: PublicKeys,
): Promise<boolean> {
  for (const value of values) {
    const signature = decodeBase64(value);
    if (signature?.length !== 64) continue;
    // Everything here is public, so the first match may end it.
    for (const { publicKey } of publicKeys) {
      if (await ed25519.verify(publicKey, parts, signature)) return true;
    }
  }
  return false;
}

function signedParts(id: string, timestamp: string, body: Uint8Array): readonly Uint8Array[] {
  const text = `${id}.${timestamp}.`;
  // Both are ASCII by now. Up to 64 bytes V8 keeps on its heap, where TextEncoder takes memory of its own for each.
  const head = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at += 1) head[at] = text.charCodeAt(at);
  return [head, body];
}

/** Compares texts of which one is ours: always over its whole length, so canonical base64 needs no decoding. */
export function equalInConstantTime(expected: string, value: string): boolean {
  let difference = expected.length ^ value.length;
  for (let at = 0; at < expected.length; at += 1) {
    difference |= expected.charCodeAt(at) ^ value.charCodeAt(at); // past the end: NaN, counted as 0
  }
  return difference === 0;
}
