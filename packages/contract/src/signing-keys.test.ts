import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ContractError } from "./contract-error.ts";
import { nodeCrypto, nodeRandom } from "./node-crypto.fixture.ts";
import { sign } from "./signature.ts";
import {
  generateEd25519,
  generateSecret,
  parsePublicKey,
  parseSecret,
  parseSigningKey,
  parseVerifyKey,
} from "./signing-keys.ts";

function base64(length: number): string {
  return Buffer.alloc(length, 7).toString("base64");
}

function refusedWith(code: ContractError["code"]): (error: unknown) => boolean {
  return (error) => error instanceof ContractError && error.code === code;
}

describe("signing keys", () => {
  it("refuses a secret without prefix, empty, under 24 or over 64 bytes, not base64, with spaces or a newline", () => {
    const good = base64(32);
    const texts = [
      "",
      "whsec_",
      good,
      Buffer.alloc(32, 7).toString("hex"),
      `whsec_${base64(23)}`,
      `whsec_${base64(65)}`,
      `whsec_${base64(1)}`,
      `whsec_${base64(200)}`,
      "whsec_!!!notbase64!!!notbase64!!!!!!!!",
      ` whsec_${good}`,
      `whsec_ ${good}`,
      `whsec_${good} `,
      `whsec_${good}\n`,
      `WHSEC_${good}`,
      `whsec_${good.replace("=", "")}`,
      `whsec_${good.replaceAll("B", "-")}`,
      `whpk_${good}`,
      `whsk_${base64(64)}`,
    ];
    for (const text of texts) assert.throws(() => parseSecret(text), refusedWith("bad_secret"), text);
  });

  it("takes a secret without prefix only as bytes, 24 to 64 of them", () => {
    assert.deepEqual(parseVerifyKey(Buffer.alloc(24, 7)), parseVerifyKey(`whsec_${base64(24)}`));
    assert.equal(parseSecret(Buffer.alloc(64, 7)).secret.length, 64);
    for (const length of [0, 23, 65]) {
      assert.throws(() => parseVerifyKey(new Uint8Array(length)), refusedWith("bad_secret"));
    }
  });

  it("refuses a public key that is not whpk_ and the base64 of 32 bytes", () => {
    for (const text of ["", base64(32), `whpk_${base64(31)}`, `whpk_${base64(33)}`, `whpk_${base64(32)}\n`, "whpk_"]) {
      assert.throws(() => parsePublicKey(text), refusedWith("bad_public_key"), text);
    }
    assert.throws(() => parseVerifyKey("whpk_"), refusedWith("bad_public_key"));
    assert.throws(() => parseVerifyKey(`whsk_${base64(64)}`), refusedWith("bad_secret"));
  });

  it("refuses a private key that is not whsk_ and the base64 of 64 bytes", () => {
    for (const text of ["whsk_", `whsk_${base64(32)}`, `whsk_${base64(65)}`, `whsk_${base64(64)} `]) {
      assert.throws(() => parseSigningKey(text), refusedWith("bad_private_key"), text);
    }
    assert.throws(() => parseSigningKey(`whpk_${base64(32)}`), refusedWith("bad_secret"));
  });

  it("never tells the key it refuses", () => {
    const hidden = "c2VjcmV0";
    for (const parse of [parseSecret, parsePublicKey, parseSigningKey]) {
      assert.throws(
        () => parse(`whsk_${hidden}`),
        (error: unknown) => error instanceof ContractError && !error.message.includes(hidden),
      );
    }
  });

  it("makes secrets of 32 random bytes, each another", () => {
    const secrets = Array.from({ length: 100 }, () => generateSecret(nodeRandom));
    assert.equal(new Set(secrets).size, 100);
    for (const secret of secrets) assert.equal(parseSecret(secret).secret.length, 32);
  });

  it("makes Ed25519 pairs whose halves belong together, from the randomness handed in", async () => {
    for (let round = 0; round < 20; round += 1) {
      const pair = await generateEd25519(nodeRandom);
      const { publicKey } = parsePublicKey(pair.publicKey);
      const key = parseSigningKey(pair.privateKey);
      assert.deepEqual(key.version === "v1a" && Buffer.from(key.publicKey), Buffer.from(publicKey));
      const body = Uint8Array.of(1);
      const value = await sign({ id: "a", timestampSeconds: 1, body, keys: [key] });
      const signature = Buffer.from(value.slice("v1a,".length), "base64");
      assert.equal(await nodeCrypto.ed25519.verify(publicKey, [Buffer.from("a.1."), body], signature), true);
    }
    const fixed = { bytes: (length: number) => new Uint8Array(length) };
    assert.deepEqual(await generateEd25519(fixed), await generateEd25519(fixed));
  });
});
