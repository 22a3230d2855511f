import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { isCustomerId, newId, newTimedId, TEST_ID_PREFIX } from "./ids.ts";
import { nodeRandom } from "./node-crypto.fixture.ts";
import { isWebhookId } from "./signature-headers.ts";

describe("ids", () => {
  it("makes 24 characters of lower-case hex from 12 random bytes, small bytes padded", () => {
    assert.equal(newId({ bytes: (length) => new Uint8Array(length).fill(10) }), "0a".repeat(12));
    const ids = Array.from({ length: 1_000 }, () => newId(nodeRandom));
    assert.equal(new Set(ids).size, 1_000);
    for (const id of ids) assert.match(id, /^[0-9a-f]{24}$/);
  });

  it("makes ids that sort by their time, as long as all others and as hard to hit upon", () => {
    const ids = [0, 1, 1_700_000_000_000.9, 1_800_000_000_000].map((atMs) => newTimedId(nodeRandom, atMs));
    assert.deepEqual(ids.toSorted(), ids);
    for (const id of ids) assert.match(id, /^[0-9a-f]{24}$/);
    const ofOneMoment = Array.from({ length: 1_000 }, () => newTimedId(nodeRandom, 1_700_000_000_000));
    assert.equal(new Set(ofOneMoment).size, 1_000);
    assert.deepEqual(new Set(ofOneMoment.map((id) => id.slice(0, 11))), new Set(["18bcfe56800"]));
  });

  it("makes ids that may be signed, with the mark of a test before them too", () => {
    assert.equal(isWebhookId(newId(nodeRandom)), true);
    assert.equal(isWebhookId(TEST_ID_PREFIX + newId(nodeRandom)), true);
  });

  it("accepts a customer's id of 1 to 64 letters, digits, _ and -, and nothing else", () => {
    for (const id of ["a", "A-_9", "x".repeat(64), "549994d9r3474bfcbbbdc5a5"])
      assert.equal(isCustomerId(id), true, id);
    for (const id of ["", "x".repeat(65), "a b", "a/b", "a.b", "é", "a\n", "\na", null, 5, ["a"], undefined]) {
      assert.equal(isCustomerId(id), false, String(id));
    }
  });
});
