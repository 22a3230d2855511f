import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { softmax } from "./softmax.ts";

describe("softmax", () => {
  it("sums to 1 and gives the highest logit the highest share, for any finite logits however large", () => {
    const logits = fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), { minLength: 1, maxLength: 66 });
    fc.assert(
      fc.property(logits, (values) => {
        const shares = softmax(Float32Array.from(values));
        assert.ok(Math.abs(shares.reduce((a, b) => a + b, 0) - 1) < 1e-9);
        assert.equal(shares[values.indexOf(Math.max(...values))], Math.max(...shares));
      }),
    );
  });

  it("gives equal shares for equal logits", () => {
    assert.deepEqual([...softmax(Float32Array.of(3, 3, 3, 3))], [0.25, 0.25, 0.25, 0.25]);
  });
});
