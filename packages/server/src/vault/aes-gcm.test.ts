import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { decryptAesGcm, encryptAesGcm } from "./aes-gcm.ts";

interface Case {
  readonly tcId: number;
  readonly comment: string;
  readonly key: string;
  readonly iv: string;
  readonly aad: string;
  readonly msg: string;
  readonly ct: string;
  readonly tag: string;
  readonly result: "valid" | "invalid";
}
interface Group {
  readonly keySize: number;
  readonly ivSize: number;
  readonly tagSize: number;
  readonly tests: readonly Case[];
}

const root = process.env["SAMEFACE_TEST_DATA"] ?? join(import.meta.dirname, "../../../../../shared/data");
const file = join(root, "corpora/wycheproof/aes_gcm_test.json");
const present = existsSync(file);
const CASES = 66;
if (!present) console.log(`skipped: corpora/wycheproof missing, ${CASES} cases`);

function opens(test: Case): string | null {
  const hex = (text: string): Buffer => Buffer.from(text, "hex");
  try {
    const sealed = Buffer.concat([hex(test.ct), hex(test.tag)]);
    const input = { key: hex(test.key), nonce: hex(test.iv), additionalData: hex(test.aad) };
    return Buffer.from(decryptAesGcm(sealed, input)).toString("hex");
  } catch {
    return null;
  }
}

describe("AES-256-GCM", () => {
  it("judges all 66 Wycheproof cases of our sizes as labelled", {
    skip: !present && process.env["CI"] !== "true" && `corpora/wycheproof missing, ${CASES} cases`,
  }, () => {
    // Parsed test data of a pinned file (SHA256SUMS beside it).
    const { testGroups } = JSON.parse(readFileSync(file, "utf8")) as { readonly testGroups: readonly Group[] };
    const group = testGroups.filter((one) => one.keySize === 256 && one.ivSize === 96 && one.tagSize === 128);
    const tests = group.flatMap((one) => one.tests);
    assert.equal(tests.length, CASES);
    assert.ok(tests.some((test) => test.result === "invalid"));
    for (const test of tests) {
      assert.equal(opens(test), test.result === "valid" ? test.msg : null, `${test.tcId} ${test.comment}`);
      if (test.result === "invalid") continue;
      const input = {
        key: Buffer.from(test.key, "hex"),
        nonce: Buffer.from(test.iv, "hex"),
        additionalData: Buffer.from(test.aad, "hex"),
      };
      const sealed = Buffer.from(encryptAesGcm(Buffer.from(test.msg, "hex"), input)).toString("hex");
      assert.equal(sealed, test.ct + test.tag, `${test.tcId} ${test.comment}`);
    }
  });

  it("refuses what is shorter than a tag", () => {
    const input = { key: new Uint8Array(32), nonce: new Uint8Array(12), additionalData: new Uint8Array(0) };
    assert.throws(() => decryptAesGcm(new Uint8Array(15), input), { code: "tampered" });
  });
});
