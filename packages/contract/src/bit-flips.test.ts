import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { nodeCrypto, nodeRandom } from "./node-crypto.fixture.ts";
import { createVerifier, sign } from "./signature.ts";
import { generateEd25519, generateSecret, parseSigningKey, parseVerifyKey, type VerifyKey } from "./signing-keys.ts";

/** The five things a signature holds together, as bytes. */
interface Message {
  readonly id: Uint8Array;
  readonly timestamp: Uint8Array;
  readonly body: Uint8Array;
  readonly signature: Uint8Array;
  readonly key: Uint8Array;
}

const NOW = 1_790_000_000;
const PARTS = ["id", "timestamp", "body", "signature", "key"] as const;

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("latin1");
}

async function accepted(message: Message, keyOf: (bytes: Uint8Array) => VerifyKey): Promise<boolean> {
  const verifier = createVerifier({ ...nodeCrypto, keys: [keyOf(message.key)] });
  const headers = {
    "webhook-id": latin1(message.id),
    "webhook-timestamp": latin1(message.timestamp),
    "webhook-signature": latin1(message.signature),
  };
  return (await verifier({ headers, body: message.body, nowSeconds: NOW })).ok;
}

function flipped(bytes: Uint8Array, bit: number): Uint8Array {
  const copy = Uint8Array.from(bytes);
  copy[bit >> 3] = (copy[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  return copy;
}

/** Flips every `step`-th bit of each part, one at a time; the number of flips, and of those that were accepted. */
async function flipAll(
  message: Message,
  keyOf: (bytes: Uint8Array) => VerifyKey,
  step: number,
): Promise<[number, number]> {
  let flips = 0;
  let passes = 0;
  for (const part of PARTS) {
    for (let bit = 0; bit < message[part].length * 8; bit += step) {
      flips += 1;
      if (await accepted({ ...message, [part]: flipped(message[part], bit) }, keyOf)) passes += 1;
    }
  }
  return [flips, passes];
}

async function signed(text: string, body: Uint8Array): Promise<Omit<Message, "key">> {
  const id = Buffer.from(nodeRandom.bytes(12)).toString("hex");
  const signature = await sign({ ...nodeCrypto, id, timestampSeconds: NOW, body, keys: [parseSigningKey(text)] });
  return { id: Buffer.from(id), timestamp: Buffer.from(String(NOW)), body, signature: Buffer.from(signature) };
}

describe("single-bit flips", () => {
  it("accepts none of 100,000 flips of id, timestamp, body, v1 signature and secret", async () => {
    let flips = 0;
    while (flips < 100_000) {
      const text = generateSecret(nodeRandom);
      const secret = Buffer.from(text.slice("whsec_".length), "base64");
      const keyOf = (bytes: Uint8Array): VerifyKey => parseVerifyKey(bytes);
      const message = { ...(await signed(text, nodeRandom.bytes(600))), key: secret };
      assert.equal(await accepted(message, keyOf), true);
      const [tried, passes] = await flipAll(message, keyOf, 1);
      assert.equal(passes, 0);
      flips += tried;
    }
  });

  it("accepts none of the flips of a message signed with v1a", async () => {
    const pair = await generateEd25519(nodeRandom);
    const publicKey = Buffer.from(pair.publicKey.slice("whpk_".length), "base64");
    const keyOf = (bytes: Uint8Array): VerifyKey => ({ version: "v1a", publicKey: bytes });
    const message = { ...(await signed(pair.privateKey, nodeRandom.bytes(100))), key: publicKey };
    assert.equal(await accepted(message, keyOf), true);
    const [tried, passes] = await flipAll(message, keyOf, 1);
    assert.ok(tried > 1_800);
    assert.equal(passes, 0);
  });
});
