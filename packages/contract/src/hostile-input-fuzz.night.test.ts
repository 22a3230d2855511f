import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { GOLDEN_NAMES, goldenText } from "./golden.fixture.ts";
import { mutated, randomOf } from "./mutated.fixture.ts";
import { nodeCrypto } from "./node-crypto.fixture.ts";
import { readOpenNotification } from "./read-open-notification.ts";
import { createVerifier, sign } from "./signature.ts";
import { parseSigningKey, parseVerifyKey } from "./signing-keys.ts";
import { parseStrictJson } from "./strict-json.ts";

const SECONDS = Number(process.env["SAMEFACE_FUZZ_SECONDS"] ?? "60");
const SEED = Number(process.env["SAMEFACE_FUZZ_SEED"] ?? Date.now());
const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const NOW = 1_790_000_000;
/** More of a core than any small input may take (B13, B23); on a machine that others use, it may wait for longer. */
const MOST_CPU_MS = 250;

/** Runs until the time is up. @returns how often */
async function forAWhile(once: (random: () => number) => unknown): Promise<number> {
  const random = randomOf(SEED);
  let runs = 0;
  for (const endMs = performance.now() + SECONDS * 1_000; performance.now() < endMs; runs += 1) {
    const before = process.cpuUsage();
    await once(random);
    const { user, system } = process.cpuUsage(before);
    assert.ok((user + system) / 1_000 < MOST_CPU_MS, `run ${runs} was slow`);
  }
  console.log(`told: fuzzed ${JSON.stringify({ runs, seconds: SECONDS, seed: SEED })}`);
  return runs;
}

describe(`what strangers send, changed at random for ${SECONDS} s each from seed ${SEED}`, () => {
  const bodies = GOLDEN_NAMES.map((name) => Buffer.from(goldenText(name)));

  it("is read as JSON.parse reads it or refused, and never throws", async () => {
    const runs = await forAWhile((random) => {
      const bytes = mutated(bodies[Math.floor(random() * bodies.length)] ?? Buffer.alloc(0), random);
      const read = parseStrictJson(bytes);
      if (!read.ok) return;
      assert.deepEqual(read.value, JSON.parse(Buffer.from(bytes).toString("utf8")));
      readOpenNotification(read.value);
    });
    assert.ok(runs > 100);
  });

  it("is not verified, whatever its headers are, unless it is what was signed", async () => {
    const keys = [parseVerifyKey(SECRET)];
    const verifier = createVerifier({ ...nodeCrypto, keys });
    const body = bodies[0] ?? Buffer.alloc(0);
    const signature = await sign({
      ...{ id: "msg_1", timestampSeconds: NOW, body },
      ...nodeCrypto,
      keys: [parseSigningKey(SECRET)],
    });
    const good = ["msg_1", String(NOW), signature];
    const runs = await forAWhile(async (random) => {
      const which = Math.floor(random() * 3);
      const texts = good.map((text, at) =>
        at === which ? Buffer.from(mutated(Buffer.from(text), random)).toString("latin1") : text,
      );
      const [id, timestamp, token] = texts;
      const headers = { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": token };
      const result = await verifier({ headers, body, nowSeconds: NOW });
      // More tokens beside the good one are legal, and so are blanks around it.
      const isSigned = id === good[0] && timestamp === good[1] && token?.split(" ").includes(signature) === true;
      assert.equal(result.ok, isSigned, JSON.stringify(texts));
    });
    assert.ok(runs > 100);
  });
});
