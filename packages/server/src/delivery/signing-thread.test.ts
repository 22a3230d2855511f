import assert from "node:assert/strict";
import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { describe, it } from "node:test";
import { signAtOnce } from "./node-signing.ts";
import { createSigningThread, type SigningThread } from "./signing-thread.ts";

const keys = Array.from({ length: 3 }, () => generateKeyPairSync("ed25519").privateKey);

/** A hundred of all lengths, by turns with each key. */
const wanted = Array.from({ length: 100 }, (_, n) => ({
  bytes: new Uint8Array(n * 10).fill(n),
  key: keys[n % keys.length] as KeyObject,
}));
const atOnce = await Promise.all(wanted.map(async ({ bytes, key }) => await signAtOnce(bytes, key)));

async function signAll({ sign }: SigningThread): Promise<readonly Uint8Array[]> {
  return await Promise.all(wanted.map(async ({ bytes, key }) => await sign(bytes, key)));
}

function open(stack: AsyncDisposableStack, entry?: string): SigningThread {
  const thread = createSigningThread(entry === undefined ? {} : { entry: new URL(`data:text/javascript,${entry}`) });
  stack.defer(async () => {
    await thread.close();
  });
  return thread;
}

describe("createSigningThread", () => {
  it("signs many with several keys as it is signed at once, each answered with its own, again and again", async () => {
    await using stack = new AsyncDisposableStack();
    const thread = open(stack);
    for (let round = 0; round < 3; round += 1) assert.deepEqual(await signAll(thread), atOnce);
  });

  it("tells of a key that does not sign, and signs what was asked with it and after it", async () => {
    await using stack = new AsyncDisposableStack();
    const thread = open(stack);
    const { publicKey } = generateKeyPairSync("ed25519");
    const refused = assert.rejects(async () => await thread.sign(new Uint8Array(1), publicKey));
    assert.deepEqual(await signAll(thread), atOnce);
    await refused;
    assert.deepEqual(await signAll(thread), atOnce);
  });

  for (const [what, entry] of Object.entries({
    "that ends when it is asked":
      'import { parentPort } from "node:worker_threads"; parentPort.on("message", () => process.exit())',
    "that can't begin": "no script",
  })) {
    it(`signs all the same without a thread ${what}`, async () => {
      await using stack = new AsyncDisposableStack();
      const thread = open(stack, entry);
      for (let round = 0; round < 2; round += 1) assert.deepEqual(await signAll(thread), atOnce);
    });
  }

  it("signs what it was asked for before it is closed", async () => {
    const thread = createSigningThread();
    const signed = signAll(thread);
    await new Promise((resolve) => setImmediate(resolve));
    await thread.close();
    assert.deepEqual(await signed, atOnce);
  });
});
