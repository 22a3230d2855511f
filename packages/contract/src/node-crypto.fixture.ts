import { createHmac, createPrivateKey, createPublicKey, randomBytes, sign, verify } from "node:crypto";
import type { RandomBytes } from "./ids.ts";
import type { Primitives } from "./web-crypto.ts";

const PKCS8_HEAD = Buffer.from("302e020100300506032b657004220420", "hex");
const SPKI_HEAD = Buffer.from("302a300506032b6570032100", "hex");

/** The primitives as a Node host hands them in. */
export const nodeCrypto: Required<Primitives> = {
  mac: (key, parts) => {
    const hmac = createHmac("sha256", key);
    for (const part of parts) hmac.update(part);
    return hmac.digest("base64");
  },
  ed25519: {
    sign: (seed, parts) => {
      const key = createPrivateKey({ key: Buffer.concat([PKCS8_HEAD, seed]), format: "der", type: "pkcs8" });
      return sign(null, Buffer.concat(parts), key);
    },
    verify: (publicKey, parts, signature) => {
      const key = createPublicKey({ key: Buffer.concat([SPKI_HEAD, publicKey]), format: "der", type: "spki" });
      return verify(null, Buffer.concat(parts), key, signature);
    },
  },
};

/** Node's own random bytes. */
export const nodeRandom: RandomBytes = { bytes: (length) => randomBytes(length) };
