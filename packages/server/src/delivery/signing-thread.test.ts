import assert from "node:assert/strict";
import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { describe, it } from "node:test";
import { type SignEd25519, signAtOnce } from "./node-signing.ts";
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

/** A thread that is closed after the test, and what was signed without it. */
function open(stack: AsyncDisposableStack, entry?: string) {
  const faults: unknown[] = [];
  let signedHere = 0;
  const here: SignEd25519 = (bytes, key) => {
    signedHere += 1;
    return signAtOnce(bytes, key);
  };
  const own = entry === undefined ? {} : { entry: new URL(`data:text/javascript,${encodeURIComponent(entry)}`) };
  const thread = createSigningThread({ ...own, here, onFault: (fault) => faults.push(fault) });
  stack.defer(async () => {
    await thread.close();
  });
  return { thread, faults, signedHere: () => signedHere };
}

const DIES_AT_ONCE =
  'import { parentPort } from "node:worker_threads"; parentPort.on("message", () => process.exit());';
const DIES_AFTER_ONE = `import { parentPort } from "node:worker_threads";
  parentPort.on("message", ({ batch }) => {
    parentPort.postMessage({ batch, from: 0, signatures: new Uint8Array(64).fill(7) });
    setImmediate(() => process.exit());
  });`;

describe("createSigningThread", () => {
  it("signs many with several keys in its thread, each answered with its own, again and again", async () => {
    await using stack = new AsyncDisposableStack();
    const { thread, faults, signedHere } = open(stack);
    for (let round = 0; round < 3; round += 1) assert.deepEqual(await signAll(thread), atOnce);
    assert.deepEqual([faults, signedHere()], [[], 0]);
  });

  const BROKEN = {
    "a key that does not sign": generateKeyPairSync("ed25519").publicKey,
    "what can't be told to the thread": (() => undefined) as unknown as KeyObject,
  };
  for (const [what, key] of Object.entries(BROKEN)) {
    it(`refuses ${what}, and gives nobody else another's signature, with it or after it`, async () => {
      await using stack = new AsyncDisposableStack();
      const { thread, faults } = open(stack);
      await thread.sign(new Uint8Array(1), keys[0] as KeyObject);
      const refused = assert.rejects(async () => await thread.sign(new Uint8Array(1), key));
      assert.deepEqual(await signAll(thread), atOnce);
      await refused;
      assert.deepEqual(await signAll(thread), atOnce);
      assert.equal(faults.length, 1);
    });
  }

  it("signs without a thread that ends before it has signed anything, and begins no other", async () => {
    for (const entry of [DIES_AT_ONCE, "no script"]) {
      await using stack = new AsyncDisposableStack();
      const { thread, faults, signedHere } = open(stack, entry);
      for (let round = 0; round < 3; round += 1) assert.deepEqual(await signAll(thread), atOnce);
      assert.deepEqual([faults.length, signedHere()], [1, 3 * wanted.length]);
    }
  });

  it("signs what a thread left over that ended after it had signed some, and begins another", async () => {
    await using stack = new AsyncDisposableStack();
    const { thread, faults, signedHere } = open(stack, DIES_AFTER_ONE);
    for (let round = 1; round <= 2; round += 1) {
      const [first, ...rest] = await signAll(thread);
      assert.deepEqual([first, rest], [new Uint8Array(64).fill(7), atOnce.slice(1)]);
      assert.equal(faults.length, round);
    }
    assert.ok(signedHere() >= 2 * (wanted.length - 1));
  });

  it("signs what it was asked for before it is closed, and after it, with no thread that would keep the process", async () => {
    await using stack = new AsyncDisposableStack();
    const { thread, faults } = open(stack);
    const signed = signAll(thread);
    await new Promise((resolve) => setImmediate(resolve));
    const late = signAll(thread);
    await thread.close();
    assert.deepEqual(await signed, atOnce);
    assert.deepEqual(await late, atOnce);
    assert.deepEqual(await signAll(thread), atOnce);
    assert.deepEqual(faults, []);
    assert.ok(!process.getActiveResourcesInfo().includes("Worker"));
  });
});
