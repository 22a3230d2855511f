import assert from "node:assert/strict";
import { performance } from "node:perf_hooks";
import { describe, it } from "node:test";
import { Webhook as StandardWebhook } from "standardwebhooks";
import { Webhook as SvixWebhook } from "svix";
import { ContractError } from "./contract-error.ts";
import { GOLDEN_NAMES, golden } from "./golden.fixture.ts";
import { nodeCrypto, nodeRandom } from "./node-crypto.fixture.ts";
import { createVerifier, sign, type VerifierOptions, type VerifyResult, verify } from "./signature.ts";
import type { HeadersLike } from "./signature-headers.ts";
import { generateEd25519, generateSecret, parseSigningKey, parseVerifyKey, type SigningKey } from "./signing-keys.ts";

const NOW = 1_790_000_000;
const ID = "0be5f261d076492d9d3b74f6";
const BODY = new TextEncoder().encode(JSON.stringify(golden("passed")));
const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const OTHER = "whsec_homQyJzot+MpLw685i2vQy+pNnNbOYnWqiXY8uxpdxE=";

const options = { keys: [parseVerifyKey(SECRET)] };

async function headersFor(keys: readonly SigningKey[], timestampSeconds = NOW): Promise<Record<string, string>> {
  const signature = await sign({ id: ID, timestampSeconds, body: BODY, keys });
  return { "webhook-id": ID, "webhook-timestamp": String(timestampSeconds), "webhook-signature": signature };
}

async function verifyHeaders(headers: HeadersLike, more: Partial<VerifierOptions> = {}): Promise<VerifyResult> {
  return await verify({ ...options, ...more, headers, body: BODY, nowSeconds: NOW });
}

async function reasonFor(change: Record<string, string | string[] | undefined>): Promise<string> {
  const result = await verifyHeaders({ ...(await headersFor([parseSigningKey(SECRET)])), ...change });
  return result.ok ? "accept" : result.reason;
}

function refusedWith(code: ContractError["code"]): (error: unknown) => boolean {
  return (error) => error instanceof ContractError && error.code === code;
}

describe("sign and verify", () => {
  it("reproduces the public constant of Standard Webhooks", async () => {
    const signature = await sign({
      id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
      timestampSeconds: 1_614_265_330,
      body: new TextEncoder().encode('{"test": 2432232314}'),
      keys: [parseSigningKey(SECRET)],
    });
    assert.equal(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
  });

  it("is verified by npm standardwebhooks and svix for every golden body", async () => {
    const secret = generateSecret(nodeRandom);
    const pair = await generateEd25519(nodeRandom);
    const nowSeconds = Math.floor(Date.now() / 1000); // their clocks can't be handed in
    for (const name of GOLDEN_NAMES) {
      const text = JSON.stringify(golden(name));
      const body = new TextEncoder().encode(text);
      const keys = [pair.privateKey, secret].map(parseSigningKey);
      const headers = {
        "webhook-id": ID,
        "webhook-timestamp": String(nowSeconds),
        "webhook-signature": await sign({ id: ID, timestampSeconds: nowSeconds, body, keys }),
      };
      assert.deepEqual(new StandardWebhook(secret).verify(text, headers), golden(name));
      new SvixWebhook(secret).verify(text, headers); // answers nothing, throws what it refuses
      assert.throws(() => new StandardWebhook(OTHER).verify(text, headers), /No matching signature/);
      assert.throws(() => {
        new SvixWebhook(OTHER).verify(text, headers);
      }, /No matching signature/);
    }
  });

  it("verifies what npm standardwebhooks signed", async () => {
    const text = new TextDecoder().decode(BODY);
    const signature = new StandardWebhook(SECRET).sign(ID, new Date(NOW * 1000), text);
    const headers = { "webhook-id": ID, "webhook-timestamp": String(NOW), "webhook-signature": signature };
    assert.deepEqual(await verifyHeaders(headers), { ok: true, id: ID, timestampSeconds: NOW });
  });

  it("verifies through a rotation under the old and the new key, of either kind, and the old one dies with it", async () => {
    const pairs = [await generateEd25519(nodeRandom), await generateEd25519(nodeRandom)] as const;
    const texts = { old: [SECRET, pairs[0].privateKey], next: [OTHER, pairs[1].privateKey] };
    const held = [SECRET, OTHER, pairs[0].publicKey, pairs[1].publicKey].map(parseVerifyKey);
    const overlap = await headersFor([...texts.next, ...texts.old].map(parseSigningKey));
    for (const key of held) assert.equal((await verifyHeaders(overlap, { keys: [key] })).ok, true);
    const after = await headersFor(texts.next.map(parseSigningKey));
    const alive = await Promise.all(held.map(async (key) => (await verifyHeaders(after, { keys: [key] })).ok));
    assert.deepEqual(alive, [false, true, false, true]);
    assert.equal((await verifyHeaders(after, { keys: held })).ok, true);
  });

  it("accepts both bounds of the tolerance and refuses one second beyond", async () => {
    const results = await Promise.all(
      [-301, -300, 0, 300, 301].map(async (shift) => {
        const result = await verifyHeaders(await headersFor([parseSigningKey(SECRET)], NOW + shift));
        return result.ok ? "accept" : result.reason;
      }),
    );
    assert.deepEqual(results, ["timestamp_too_old", "accept", "accept", "accept", "timestamp_too_new"]);
  });

  it("compares whole seconds, and refuses when the clock answers NaN", async () => {
    const verifier = createVerifier(options);
    const headers = await headersFor([parseSigningKey(SECRET)], NOW - 300);
    assert.equal((await verifier({ headers, body: BODY, nowSeconds: NOW + 0.999 })).ok, true);
    const result = await verifier({ headers, body: BODY, nowSeconds: Number.NaN });
    assert.deepEqual(result, { ok: false, reason: "timestamp_too_old" });
  });

  it("takes a timestamp of 1 to 12 ASCII digits only, signed as sent", async () => {
    const wrong = [
      "-1",
      "+1",
      "1e9",
      "0x6AB1AE80",
      " 1",
      "1 ",
      "1abc",
      "1.0",
      "1_000",
      "\u0661",
      "1".repeat(20),
      "1".repeat(13),
    ];
    for (const timestamp of wrong) assert.equal(await reasonFor({ "webhook-timestamp": timestamp }), "bad_timestamp");
    assert.equal(await reasonFor({ "webhook-timestamp": "0" }), "timestamp_too_old");
    assert.equal(await reasonFor({ "webhook-timestamp": String(NOW * 1000).slice(0, 12) }), "timestamp_too_new");
    // The same second, spelt otherwise, is another signed text.
    assert.equal(await reasonFor({ "webhook-timestamp": `0${NOW}` }), "signature_mismatch");
  });

  it("names what is missing, doubled or not well formed, in the order of the vectors", async () => {
    const good = (await headersFor([parseSigningKey(SECRET)]))["webhook-signature"] ?? "";
    const cases: (readonly [Record<string, string | string[] | undefined>, string])[] = [
      [{ "webhook-id": undefined, "webhook-timestamp": undefined }, "missing_id"],
      [{ "webhook-id": [] }, "missing_id"],
      [{ "webhook-timestamp": [""] }, "missing_timestamp"],
      [{ "webhook-signature": "   " }, "missing_signature"],
      [{ "webhook-signature": [good, good] }, "duplicate_header"],
      [{ "Webhook-Signature": good }, "duplicate_header"],
      [{ "webhook-id": [ID, ""] }, "duplicate_header"],
      [{ "webhook-id": "a.b", "webhook-timestamp": "x" }, "bad_id"],
      [{ "webhook-id": "a,b" }, "bad_id"],
      [{ "webhook-id": "é" }, "bad_id"],
      [{ "webhook-signature": "v1" }, "bad_signature_header"],
      [{ "webhook-signature": "v1, ,x" }, "bad_signature_header"],
      [{ "webhook-signature": "A".repeat(65_536) }, "bad_signature_header"],
      [{ "webhook-signature": "v1,A ".repeat(1_000) }, "bad_signature_header"],
      [{ "webhook-signature": `${good} ${"v1,A ".repeat(20)}` }, "too_many_signatures"],
      [{ "webhook-signature": `${good} ${"garbage ".repeat(20)}` }, "too_many_signatures"],
      [{ "webhook-signature": good.replace("v1,", "v2,") }, "no_supported_signature"],
      [{ "webhook-signature": good.replace("v1,", "v1a,") }, "no_supported_signature"],
      [{ "webhook-signature": good.replace("=", "") }, "signature_mismatch"],
      [{ "webhook-signature": `${good}A` }, "signature_mismatch"],
      [{ "webhook-signature": `${good}=` }, "signature_mismatch"],
    ];
    for (const [change, reason] of cases)
      assert.equal(await reasonFor(change), reason, JSON.stringify(change).slice(0, 80));
    assert.equal(await reasonFor({ "webhook-signature": `  garbage   v1,AAAA  ${good} ` }), "accept");
    assert.equal(await reasonFor({ "webhook-signature": `${good} ${"v1,A ".repeat(19)}` }), "accept");
  });

  it("refuses a v1a token that is not the base64 of 64 bytes, and goes on to the next", async () => {
    const pair = await generateEd25519(nodeRandom);
    const headers = await headersFor([parseSigningKey(pair.privateKey)]);
    const good = headers["webhook-signature"] ?? "";
    const keys = [parseVerifyKey(pair.publicKey)];
    for (const garbage of ["v1a,!!!", "v1a,AAAA", `v1a,${"A".repeat(88)}`, good.replace("==", "")]) {
      const alone = await verifyHeaders({ ...headers, "webhook-signature": garbage }, { keys });
      assert.deepEqual(alone, { ok: false, reason: "signature_mismatch" }, garbage);
      assert.equal((await verifyHeaders({ ...headers, "webhook-signature": `${garbage} ${good}` }, { keys })).ok, true);
    }
  });

  it("hands only signatures of 64 bytes to Ed25519: a runtime may throw for others", async () => {
    const seen: number[] = [];
    const ed25519 = {
      ...nodeCrypto.ed25519,
      verify: (_key: Uint8Array, _parts: readonly Uint8Array[], signature: Uint8Array) => {
        seen.push(signature.length);
        return false;
      },
    };
    const keys = [parseVerifyKey((await generateEd25519(nodeRandom)).publicKey)];
    const tokens = [0, 1, 63, 64, 65, 128].map((length) => `v1a,${Buffer.alloc(length).toString("base64")}`);
    const headers = { ...(await headersFor([parseSigningKey(SECRET)])), "webhook-signature": tokens.join(" ") };
    assert.deepEqual(await verifyHeaders(headers, { keys, ed25519 }), { ok: false, reason: "signature_mismatch" });
    assert.deepEqual(seen, [64]);
  });

  it("names a refusal of a hostile header in at most 1 ms", async () => {
    const verifier = createVerifier({ ...options, ...nodeCrypto });
    const headers = await headersFor([parseSigningKey(SECRET)]);
    const hostile = [
      "A".repeat(65_536),
      "v1,A ".repeat(1_000),
      " ".repeat(65_536),
      ", ".repeat(30_000),
      "v1,A ".repeat(20),
    ];
    for (const signature of hostile) {
      const request = { headers: { ...headers, "webhook-signature": signature }, body: BODY, nowSeconds: NOW };
      let best = Number.POSITIVE_INFINITY; // what the code takes, not what the machine was doing beside it
      for (let round = 0; round < 20; round += 1) {
        const before = performance.now();
        assert.equal((await verifier(request)).ok, false);
        best = Math.min(best, performance.now() - before);
      }
      assert.ok(best <= 1, `${signature.slice(0, 10)}: ${best} ms`);
    }
  });

  it("reads web Headers as it reads a record, and refuses the two signatures that Headers joined into one", async () => {
    const headers = new Headers(await headersFor([parseSigningKey(SECRET)]));
    assert.equal((await verifyHeaders(headers)).ok, true);
    headers.append("webhook-signature", headers.get("webhook-signature") ?? "");
    assert.deepEqual(await verifyHeaders(headers), { ok: false, reason: "duplicate_header" });
    assert.deepEqual(await verifyHeaders(new Headers()), { ok: false, reason: "missing_id" });
    const named = { ...(await headersFor([parseSigningKey(SECRET)])), get: "a header of that name" };
    assert.equal((await verifyHeaders(named)).ok, true);
  });

  it("makes every MAC even when the first one matched", async () => {
    const seen: Uint8Array[] = [];
    const mac = (key: Uint8Array, parts: readonly Uint8Array[]): string | Promise<string> => {
      seen.push(key);
      return nodeCrypto.mac(key, parts);
    };
    const keys = [SECRET, OTHER, generateSecret(nodeRandom)].map(parseVerifyKey);
    assert.equal((await verifyHeaders(await headersFor([parseSigningKey(SECRET)]), { keys, mac })).ok, true);
    assert.equal(seen.length, 3);
  });

  it("compares every token with every MAC over its whole length, also after one that matched", async (t) => {
    const headers = await headersFor([parseSigningKey(SECRET)]);
    const mine = headers["webhook-signature"]?.slice(3) ?? "";
    const other = `A${mine.slice(1)}`;
    const keys = [SECRET, OTHER].map(parseVerifyKey);
    const looks = t.mock.method(String.prototype, "charCodeAt");
    const verdict = await verifyHeaders({ ...headers, "webhook-signature": `v1,${mine} v1,${other}` }, { keys });
    const seen = looks.mock.calls.map((call) => String(call.this)).filter((text) => text === mine || text === other);
    looks.mock.restore();
    assert.equal(verdict.ok, true);
    // Each of two tokens with each of two MACs, and the MAC that is its own token.
    assert.ok(seen.length >= 4 * mine.length, `${seen.length} looks`);
  });

  it("fails at construction without a key or with a tolerance that would let any age pass", async () => {
    assert.throws(() => createVerifier({ keys: [] }), refusedWith("bad_secret"));
    for (const toleranceSeconds of [Number.NaN, -1]) {
      assert.throws(() => createVerifier({ ...options, toleranceSeconds }), refusedWith("bad_argument"));
    }
    await assert.rejects(verify({ keys: [], headers: {}, body: BODY, nowSeconds: NOW }), refusedWith("bad_secret"));
  });

  it("signs nothing that a strict receiver would refuse", async () => {
    const keys = [parseSigningKey(SECRET)];
    await assert.rejects(sign({ id: ID, timestampSeconds: NOW, body: BODY, keys: [] }), refusedWith("bad_secret"));
    for (const id of ["", "a.b", "a b", "a,b", "é", "x".repeat(257)]) {
      await assert.rejects(sign({ id, timestampSeconds: NOW, body: BODY, keys }), refusedWith("bad_argument"));
    }
    for (const timestampSeconds of [-1, 1.5, 1e12, Number.NaN]) {
      await assert.rejects(sign({ id: ID, timestampSeconds, body: BODY, keys }), refusedWith("bad_argument"));
    }
  });
});
