import { createHmac, createSecretKey, hkdfSync, type KeyObject, timingSafeEqual } from "node:crypto";
import type { Random } from "../random.ts";
import { decryptAesGcm, encryptAesGcm, KEY_BYTES, NONCE_BYTES, TAG_BYTES } from "./aes-gcm.ts";
import { encodeParts } from "./encode-parts.ts";
import { type HashKeys, hashKeysOf } from "./hash-keys.ts";
import { VaultError } from "./vault-error.ts";

/** Seals what must not be read from a dump, and makes the keyed hashes that may outlive an erasure. */
export interface Vault {
  /**
   * AES-256-GCM under a data key of the record's own, which the master key wraps.
   * @param context where the record belongs, for example tenant, customer and embedder id; needed again to open it
   */
  seal(plaintext: Uint8Array, context: readonly string[]): Uint8Array;
  /** @throws {VaultError} `tampered`, `unknownKey` or `malformed`; never answers other bytes than those sealed */
  open(sealed: Uint8Array, context: readonly string[]): Uint8Array;
  /**
   * The same record under the present master key; `null`: it is so already. The text is not opened for it.
   * @throws {VaultError} as `open`
   */
  rewrap(sealed: Uint8Array): Uint8Array | null;
  /** Keyed hash of a customer, 64 hex: the same whatever the master key becomes, and no way back to the id. */
  subject(tenantId: string, customerId: string): string;
  /** Keyed hash of bytes, 64 hex, for example of a picture or a source; apart per kind and tenant. */
  digest(kind: string, tenantId: string, bytes: Uint8Array): string;
  /** 32 bytes for one purpose within one tenant, for example the rotation of its templates. */
  tenantSecret(purpose: string, tenantId: string): Uint8Array;
  /** 32 bytes that prove the master key without telling it; kept beside the data. */
  masterKeyCheck(): Uint8Array;
}

/** Layout of an envelope: version, key id, nonce and wrapped data key, nonce and ciphertext with its tag. */
const VERSION = 1;
const KEY_ID_BYTES = 8;
const WRAP_AT = 1 + KEY_ID_BYTES;
const WRAPPED_BYTES = NONCE_BYTES + KEY_BYTES + TAG_BYTES;
const TEXT_AT = WRAP_AT + WRAPPED_BYTES;
const SHORTEST = TEXT_AT + NONCE_BYTES + TAG_BYTES;

/** What follows from one master key. */
interface MasterKeys {
  readonly wrapping: Uint8Array;
  readonly check: Uint8Array;
  readonly id: Uint8Array;
}

/** What a vault is made of. */
export interface VaultOptions {
  /** 32 bytes; never used itself, only keys derived from it (RFC 5869), one per purpose. It seals. */
  readonly masterKey: Uint8Array;
  /** The one of before or, on other nodes, the next: opens what it sealed, and seals nothing. */
  readonly otherKey?: Uint8Array | null;
  /** Absent: those that follow from the master key. */
  readonly hashKeys?: HashKeys;
  readonly random: Random;
}

/** @throws {VaultError} `invalidMasterKey` for a key of another length */
export function createVault({ masterKey, otherKey = null, random, ...options }: VaultOptions): Vault {
  const keys = deriveKeys(masterKey);
  const known = otherKey === null ? [keys] : [keys, deriveKeys(otherKey)];
  const hashKeys = readyKeys(options.hashKeys ?? hashKeysOf(masterKey));
  return {
    seal: (plaintext, context) => seal(plaintext, { keys, context, random }),
    open: (sealed, context) => open(sealed, { known, context }),
    rewrap: (sealed) => rewrap(sealed, { keys, known, random }),
    subject: (tenantId, customerId) => keyedHash(hashKeys.subject, encodeParts([tenantId, customerId])),
    digest: (kind, tenantId, bytes) =>
      keyedHash(hashKeys.digest, Buffer.concat([encodeParts([kind, tenantId]), bytes])),
    tenantSecret: (purpose, tenantId) =>
      new Uint8Array(Buffer.from(keyedHash(hashKeys.tenant, encodeParts([purpose, tenantId])), "hex")),
    masterKeyCheck: () => new Uint8Array(keys.check),
  };
}

/** As {@link Vault.masterKeyCheck}, of a key that nothing is to be sealed or opened with. */
export function masterKeyCheckOf(masterKey: Uint8Array): Uint8Array {
  return deriveKeys(masterKey).check;
}

function deriveKeys(masterKey: Uint8Array): MasterKeys {
  if (masterKey.length !== KEY_BYTES) throw new VaultError("invalidMasterKey", "the master key must have 32 bytes");
  const derive = (purpose: string, length: number): Uint8Array =>
    new Uint8Array(hkdfSync("sha256", masterKey, new Uint8Array(0), `sameface ${purpose} v1`, length));
  return {
    wrapping: derive("wrapping", KEY_BYTES),
    check: derive("check", KEY_BYTES),
    id: derive("key id", KEY_ID_BYTES),
  };
}

/** Made once: to make a key of its bytes costs five times the hash (measured). */
function readyKeys({ subject, digest, tenant }: HashKeys): Readonly<Record<keyof HashKeys, KeyObject>> {
  return { subject: createSecretKey(subject), digest: createSecretKey(digest), tenant: createSecretKey(tenant) };
}

function keyedHash(key: KeyObject, bytes: Uint8Array): string {
  return createHmac("sha256", key).update(bytes).digest("hex");
}

// The key id is authenticated with the wrapped key only, and the context with the text only: a re-wrap under a new
// master key then touches neither text nor context.
const wrapData = (keyId: Uint8Array): Uint8Array => Buffer.concat([Buffer.from("sameface data key v1\0"), keyId]);
const textData = (context: readonly string[]): Uint8Array =>
  Buffer.concat([Buffer.from("sameface record v1\0"), encodeParts(context)]);

function seal(
  plaintext: Uint8Array,
  {
    keys,
    context,
    random,
  }: { readonly keys: MasterKeys; readonly context: readonly string[]; readonly random: Random },
): Uint8Array {
  const dataKey = random.bytes(KEY_BYTES);
  const textNonce = random.bytes(NONCE_BYTES);
  const text = encryptAesGcm(plaintext, { key: dataKey, nonce: textNonce, additionalData: textData(context) });
  return Buffer.concat([wrap(dataKey, { keys, random }), textNonce, text]);
}

/** All of an envelope before its text. */
function wrap(
  dataKey: Uint8Array,
  { keys, random }: { readonly keys: MasterKeys; readonly random: Random },
): Uint8Array {
  const nonce = random.bytes(NONCE_BYTES);
  const wrapped = encryptAesGcm(dataKey, { key: keys.wrapping, nonce, additionalData: wrapData(keys.id) });
  return Buffer.concat([Uint8Array.of(VERSION), keys.id, nonce, wrapped]);
}

function open(
  sealed: Uint8Array,
  { known, context }: { readonly known: readonly MasterKeys[]; readonly context: readonly string[] },
): Uint8Array {
  return decryptAesGcm(sealed.subarray(TEXT_AT + NONCE_BYTES), {
    key: unwrap(sealed, keysOf(sealed, known)),
    nonce: sealed.subarray(TEXT_AT, TEXT_AT + NONCE_BYTES),
    additionalData: textData(context),
  });
}

function rewrap(
  sealed: Uint8Array,
  {
    keys,
    known,
    random,
  }: { readonly keys: MasterKeys; readonly known: readonly MasterKeys[]; readonly random: Random },
): Uint8Array | null {
  const under = keysOf(sealed, known);
  if (under === keys) return null;
  return Buffer.concat([wrap(unwrap(sealed, under), { keys, random }), sealed.subarray(TEXT_AT)]);
}

/** Those that the record was sealed under, by the id that it bears. */
function keysOf(sealed: Uint8Array, known: readonly MasterKeys[]): MasterKeys {
  if (sealed.length < SHORTEST) throw new VaultError("malformed", "too short for a sealed record");
  if (sealed[0] !== VERSION) throw new VaultError("malformed", "not a sealed record of a known version");
  const keyId = sealed.subarray(1, WRAP_AT);
  const keys = known.find(({ id }) => timingSafeEqual(keyId, id));
  if (keys === undefined) throw new VaultError("unknownKey", "sealed under a master key that is not here");
  return keys;
}

function unwrap(sealed: Uint8Array, keys: MasterKeys): Uint8Array {
  return decryptAesGcm(sealed.subarray(WRAP_AT + NONCE_BYTES, TEXT_AT), {
    key: keys.wrapping,
    nonce: sealed.subarray(WRAP_AT, WRAP_AT + NONCE_BYTES),
    additionalData: wrapData(keys.id),
  });
}
