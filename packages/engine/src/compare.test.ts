import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { compare } from "./compare.ts";
import { toUnitLength } from "./embed/embed-face.ts";
import { EngineError, type EngineErrorCode } from "./engine-error.ts";
import type { Template } from "./inspection.ts";

function template(values: readonly number[], embedderId = "a"): Template {
  return { embedderId, vector: Float32Array.from(values) };
}

function hasCode(code: EngineErrorCode) {
  return (error: unknown): boolean => error instanceof EngineError && error.code === code;
}

describe("compare", () => {
  it("answers 1 for a template with itself, 0 across a right angle and −1 for its opposite", () => {
    assert.deepEqual(compare(template([1, 0]), template([1, 0])), { similarity: 1 });
    assert.deepEqual(compare(template([1, 0]), template([0, 1])), { similarity: 0 });
    assert.deepEqual(compare(template([1, 0]), template([-1, 0])), { similarity: -1 });
  });

  it("stays in −1…1 and does not mind the order, for any two directions", () => {
    const direction = fc
      .array(fc.float({ min: -10, max: 10, noNaN: true }), { minLength: 8, maxLength: 8 })
      .filter((values) => Math.hypot(...values) > 0.01);
    fc.assert(
      fc.property(direction, direction, (a, b) => {
        const [left, right] = [a, b].map((values) => ({
          embedderId: "a",
          vector: toUnitLength(Float32Array.from(values)),
        }));
        assert.ok(left !== undefined && right !== undefined);
        const { similarity } = compare(left, right);
        assert.ok(similarity >= -1 && similarity <= 1);
        assert.equal(similarity, compare(right, left).similarity);
        const self = compare(left, left).similarity;
        assert.ok(self > 1 - 1e-6 && self <= 1);
      }),
    );
  });

  it("throws embedderMismatch for templates of two embedders, and for vectors of two lengths", () => {
    assert.throws(() => compare(template([1, 0], "a"), template([1, 0], "b")), hasCode("embedderMismatch"));
    assert.throws(() => compare(template([1, 0]), template([1, 0, 0])), hasCode("embedderMismatch"));
  });

  it("throws modelFailure instead of answering for a zero vector, NaN, an infinity, or a length that is not 1", () => {
    for (const values of [[0, 0], [Number.NaN, 1], [Number.POSITIVE_INFINITY, 0], [0.5, 0.5], [2, 0], []]) {
      const good = template([1, 0].slice(0, values.length));
      assert.throws(() => compare(template(values), good), hasCode("modelFailure"), String(values));
      assert.throws(() => compare(good, template(values)), hasCode("modelFailure"), String(values));
    }
  });
});
