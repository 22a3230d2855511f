import {
  createHmac,
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  generateKeyPairSync,
  randomBytes,
  sign,
} from "node:crypto";
import { type Primitives, sample, sign as signWebhook } from "@sameface/contract";
import { Pool } from "undici";

/** How many at the same time, and how many in all. */
export interface FloorOptions {
  readonly url: string;
  readonly count: number;
  readonly concurrency: number;
}

/**
 * The least that a sender must do: sign the body with v1 and v1a as sameface does, post it over connections that stay
 * open, read the answer. No store, no guard, no deadline, keys ready in memory. Answers when the last was answered.
 */
export async function runFloor({ url, count, concurrency }: FloorOptions): Promise<void> {
  const { keys, primitives } = readyKeys();
  const { body, outcome } = sample("unknown-customer");
  const target = new URL(url);
  const pool = new Pool(target.origin, { connections: concurrency, pipelining: 1 });
  let sent = 0;
  const sender = async (): Promise<void> => {
    while (sent < count) {
      sent += 1;
      const id = randomBytes(12).toString("hex");
      const timestampSeconds = Math.floor(Date.now() / 1000);
      const signature = await signWebhook({ id, timestampSeconds, body, keys, ...primitives });
      const headers = {
        "content-type": "application/json",
        "user-agent": "floor",
        "accept-encoding": "identity",
        "webhook-id": id,
        "webhook-timestamp": String(timestampSeconds),
        "webhook-signature": signature,
        "sameface-outcome": outcome,
        "sameface-attempt": "1",
      };
      const reply = await pool.request({ method: "POST", path: target.pathname, headers, body });
      await reply.body.dump();
    }
  };
  await Promise.all(Array.from({ length: concurrency }, sender));
  await pool.close();
}

/** Both kinds of key, opened once: a sender without a store needs no more. */
function readyKeys(): {
  readonly keys: Parameters<typeof signWebhook>[0]["keys"];
  readonly primitives: Required<Primitives>;
} {
  const secret = new Uint8Array(randomBytes(32));
  const macKey = createSecretKey(secret);
  const { privateKey } = generateKeyPairSync("ed25519");
  const raw = (part: "d" | "x"): Uint8Array =>
    new Uint8Array(Buffer.from(String(privateKey.export({ format: "jwk" })[part]), "base64url"));
  const key = createPrivateKey(privateKey.export({ format: "pem", type: "pkcs8" }));
  return {
    keys: [
      { version: "v1", secret },
      { version: "v1a", seed: raw("d"), publicKey: raw("x") },
    ],
    primitives: {
      mac: (_secret, parts) => {
        const hmac = createHmac("sha256", macKey);
        for (const part of parts) hmac.update(part);
        return hmac.digest("base64");
      },
      ed25519: {
        sign: (_seed, parts) => new Uint8Array(sign(null, Buffer.concat(parts), key)),
        verify: () => createPublicKey(key).type === "public",
      },
    },
  };
}
