import { bytesOfBase64, encodeBase64 } from "./base64.ts";

// The type has no global name that all runtimes share, so it is taken from the call.
type ImportedKey = Awaited<ReturnType<typeof crypto.subtle.importKey>>;

/** HMAC-SHA256 of the parts one after the other, as base64: what a signature holds, and what Node's hash gives at once. */
export type Mac = (key: Uint8Array, parts: readonly Uint8Array[]) => string | Promise<string>;

/** Verifies Ed25519 (RFC 8032); a signature has 64 bytes, a public key has 32. */
export interface Ed25519Verify {
  /** Whether the signature is that of the parts; never throws for what a sender may send. */
  verify(publicKey: Uint8Array, parts: readonly Uint8Array[], signature: Uint8Array): boolean | Promise<boolean>;
}

/** Signs too; a seed has 32 bytes. */
export interface Ed25519 extends Ed25519Verify {
  sign(seed: Uint8Array, parts: readonly Uint8Array[]): Uint8Array | Promise<Uint8Array>;
}

/** What verifying needs of a runtime. Without them WebCrypto serves; Node's own are several times faster. */
export interface VerifyPrimitives {
  readonly mac?: Mac;
  readonly ed25519?: Ed25519Verify;
}

/** What signing needs of a runtime. */
export interface Primitives extends VerifyPrimitives {
  readonly ed25519?: Ed25519;
}

const HMAC = { name: "HMAC", hash: "SHA-256" } as const;
// RFC 8410: an Ed25519 private key in PKCS #8 is these 16 bytes and the seed. WebCrypto takes no bare seed.
const PKCS8_HEAD = [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];

/**
 * What a receiver needs, over WebCrypto: it never signs, and does not carry what signing takes. Each key is imported once in
 * the life of this value, as long as its bytes live.
 */
export function webVerify(): Required<VerifyPrimitives> {
  const once = importOnce();
  const { subtle } = crypto;
  return {
    mac: async (key, parts) => {
      const handle = await once(key, () => subtle.importKey("raw", joined([key]), HMAC, false, ["sign"]));
      return encodeBase64(new Uint8Array(await subtle.sign("HMAC", handle, joined(parts))));
    },
    ed25519: {
      verify: async (publicKey, parts, signature) => {
        const handle = await once(publicKey, () =>
          subtle.importKey("raw", joined([publicKey]), "Ed25519", false, ["verify"]),
        );
        return await subtle.verify("Ed25519", handle, joined([signature]), joined(parts));
      },
    },
  };
}

/** Both primitives over WebCrypto, with keys kept as by {@link webVerify}. */
export function webCrypto(): Required<Primitives> {
  const once = importOnce();
  const { mac, ed25519 } = webVerify();
  return {
    mac,
    ed25519: {
      ...ed25519,
      sign: async (seed, parts) => {
        const handle = await once(seed, () => importSeed(seed, false));
        return new Uint8Array(await crypto.subtle.sign("Ed25519", handle, joined(parts)));
      },
    },
  };
}

function importOnce(): (key: Uint8Array, make: () => Promise<ImportedKey>) => Promise<ImportedKey> {
  const imported = new WeakMap<Uint8Array, Promise<ImportedKey>>();
  return (key, make) => {
    const made = imported.get(key) ?? make();
    imported.set(key, made);
    return made;
  };
}

/** The Ed25519 public key of a seed. */
export async function publicKeyOf(seed: Uint8Array): Promise<Uint8Array> {
  const jwk = await crypto.subtle.exportKey("jwk", await importSeed(seed, true));
  const { x } = jwk as { x: string }; // RFC 8037 §2: always there in a key of this type
  return bytesOfBase64(x.replaceAll("-", "+").replaceAll("_", "/"));
}

async function importSeed(seed: Uint8Array, extractable: boolean): Promise<ImportedKey> {
  const pkcs8 = joined([Uint8Array.from(PKCS8_HEAD), seed]);
  return await crypto.subtle.importKey("pkcs8", pkcs8, "Ed25519", extractable, ["sign"]);
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
