import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ContractError } from "./contract-error.ts";
import { corpus, readCorpus } from "./corpora.fixture.ts";
import { nodeCrypto } from "./node-crypto.fixture.ts";
import { sign, verify } from "./signature.ts";
import { parsePublicKey, parseSecret, parseSigningKey, type VerifyKey } from "./signing-keys.ts";
import { type Primitives, webCrypto } from "./web-crypto.ts";

interface Vector {
  readonly id: string;
  readonly title: string;
  readonly now: number;
  readonly toleranceSeconds: number;
  readonly secrets: readonly string[];
  readonly rawSecretsBase64?: readonly string[];
  readonly publicKeys?: readonly string[];
  readonly headers: readonly (readonly [string, string])[];
  readonly bodyBase64: string;
  readonly verdict: "accept" | "refuse";
  readonly refusal?: string;
}

interface Signing {
  readonly title: string;
  readonly key: string;
  readonly id: string;
  readonly timestamp: string;
  readonly bodyBase64: string;
  readonly signature: string;
}

interface VectorFile {
  readonly refusals: Readonly<Record<string, string>>;
  readonly signing: readonly Signing[];
  readonly vectors: readonly Vector[];
}

const FILE = "webhook-vectors.json";
const vectors = corpus("webhook-vectors", 125);
const wycheproof = corpus("wycheproof", 325);

function readVectors(): VectorFile {
  return readCorpus(vectors, FILE) as VectorFile;
}

function keysOf(vector: Vector): VerifyKey[] {
  return [
    ...vector.secrets.map(parseSecret),
    ...(vector.rawSecretsBase64 ?? []).map((text) => parseSecret(Buffer.from(text, "base64"))),
    ...(vector.publicKeys ?? []).map(parsePublicKey),
  ];
}

/** Doubled names become arrays, as Node's `headersDistinct` has them; names that differ in case stay apart. */
function recordOf(headers: Vector["headers"]): Record<string, string[]> {
  const record: Record<string, string[]> = {};
  for (const [name, value] of headers) record[name] = [...(record[name] ?? []), value];
  return record;
}

async function verdictOn(vector: Vector, primitives: Primitives): Promise<string> {
  try {
    const result = await verify({
      ...primitives,
      keys: keysOf(vector),
      toleranceSeconds: vector.toleranceSeconds,
      nowSeconds: vector.now,
      headers: recordOf(vector.headers),
      body: Buffer.from(vector.bodyBase64, "base64"),
    });
    return result.ok ? "accept" : result.reason;
  } catch (error) {
    if (error instanceof ContractError) return error.code;
    throw error;
  }
}

async function judgeVectors(primitives: Primitives): Promise<void> {
  const file = readVectors();
  assert.equal(file.vectors.length, 119);
  for (const vector of file.vectors) {
    const wanted = vector.verdict === "accept" ? "accept" : vector.refusal;
    assert.equal(await verdictOn(vector, primitives), wanted, `${vector.id} ${vector.title}`);
  }
}

async function signRows(primitives: Primitives): Promise<void> {
  const { signing } = readVectors();
  assert.equal(signing.length, 6);
  for (const row of signing) {
    const signature = await sign({
      ...primitives,
      id: row.id,
      timestampSeconds: Number(row.timestamp),
      body: Buffer.from(row.bodyBase64, "base64"),
      keys: [parseSigningKey(row.key)],
    });
    assert.equal(signature, row.signature, row.title);
  }
}

// Titles are written out: the requirements map reads them from the text.
describe("webhook vectors", () => {
  it("gives each of the 119 vectors its verdict and named refusal by WebCrypto", { skip: vectors.skip }, async () => {
    await judgeVectors({});
  });

  it("gives each of the 119 vectors its verdict and named refusal by Node's crypto", {
    skip: vectors.skip,
  }, async () => {
    await judgeVectors(nodeCrypto);
  });

  it("signs the 6 signing rows byte for byte by WebCrypto and by Node's crypto", { skip: vectors.skip }, async () => {
    await signRows({});
    await signRows(nodeCrypto);
  });

  it("meets every refusal that the file names", { skip: vectors.skip }, () => {
    const file = readVectors();
    const met = new Set(file.vectors.map((vector) => vector.refusal));
    assert.deepEqual(
      Object.keys(file.refusals).filter((name) => !met.has(name)),
      [],
    );
  });
});

interface WycheproofFile<Group> {
  readonly testGroups: readonly Group[];
}

interface MacGroup {
  readonly tagSize: number;
  readonly tests: readonly { tcId: number; key: string; msg: string; tag: string; result: string }[];
}

interface EddsaGroup {
  readonly publicKey: { readonly pk: string };
  readonly tests: readonly { tcId: number; msg: string; sig: string; result: string }[];
}

function bytes(hex: string): Uint8Array {
  return Buffer.from(hex, "hex");
}

async function judgeMacs({ mac }: Required<Primitives>): Promise<void> {
  const groups = (readCorpus(wycheproof, "hmac_sha256_test.json") as WycheproofFile<MacGroup>).testGroups;
  let judged = 0;
  for (const { tagSize, tests } of groups) {
    for (const { tcId, key, msg, tag, result } of tests) {
      const message = bytes(msg);
      const half = message.length >> 1; // the message comes in parts, as id and body do
      const made = await mac(bytes(key), [message.subarray(0, half), message.subarray(half)]);
      const same = Buffer.from(made, "base64")
        .subarray(0, tagSize / 8)
        .equals(bytes(tag));
      assert.equal(same, result === "valid", `tcId ${tcId}`);
      judged += 1;
    }
  }
  assert.equal(judged, 174);
}

async function judgeSignatures({ ed25519 }: Required<Primitives>): Promise<void> {
  const groups = (readCorpus(wycheproof, "ed25519_test.json") as WycheproofFile<EddsaGroup>).testGroups;
  let judged = 0;
  for (const { publicKey, tests } of groups) {
    for (const { tcId, msg, sig, result } of tests) {
      const valid = await ed25519.verify(bytes(publicKey.pk), [bytes(msg)], bytes(sig));
      assert.equal(valid, result === "valid", `tcId ${tcId}`);
      judged += 1;
    }
  }
  assert.equal(judged, 151);
}

describe("primitives against Wycheproof", () => {
  it("judges 174 HMAC cases as labelled, by WebCrypto and by Node's crypto", { skip: wycheproof.skip }, async () => {
    await judgeMacs(webCrypto());
    await judgeMacs(nodeCrypto);
  });

  it("judges 151 Ed25519 cases as labelled, by WebCrypto and by Node's crypto", { skip: wycheproof.skip }, async () => {
    await judgeSignatures(webCrypto());
    await judgeSignatures(nodeCrypto);
  });
});
