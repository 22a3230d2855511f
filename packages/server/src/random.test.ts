import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { pooled, systemRandom } from "./random.ts";

describe("pooled", () => {
  it("hands out each byte of its source once and keeps none, and asks for a key by itself", () => {
    const given: Uint8Array[] = [];
    const random = pooled({
      ...systemRandom,
      bytes: (length) => {
        const bytes = systemRandom.bytes(length);
        given.push(bytes);
        return bytes;
      },
    });
    const whole = new Set<string>();
    for (let n = 0; n < 1_000; n += 1) whole.add(Buffer.from(random.bytes(12)).toString("hex"));
    assert.equal(whole.size, 1_000);
    // 341 pieces fit in one.
    assert.deepEqual(
      given.map(({ length }) => length),
      [4_096, 4_096, 4_096],
    );
    assert.ok(given[0]?.subarray(0, 341 * 12).every((byte) => byte === 0));
    assert.equal(random.bytes(32).length, 32);
    assert.equal(given.at(-1)?.length, 32);
  });
});
