import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { EngineError } from "../engine-error.ts";
import { HEAD_TABLE } from "./head-table.ts";
import { measureAttribute } from "./measure-attribute.ts";

const row = { ...HEAD_TABLE.mask, threshold: 1.5 };
const weights = Float32Array.of(2, -1, 0.5);

describe("measureAttribute", () => {
  it("is 0.5 and present exactly at the threshold, and less on either side", () => {
    const at = (first: number) => measureAttribute({ row, weights }, Float32Array.of(first, 1));
    assert.deepEqual(at(1), { probability: 0.5, present: true });
    assert.equal(at(0.999).present, false);
    assert.ok(at(0.999).probability < 0.5 && at(1.001).probability > 0.5);
  });

  it("stays inside 0…1 for any sum, and throws modelFailure for what is no number", () => {
    const of = (value: number) => measureAttribute({ row, weights }, Float32Array.of(value, 0));
    assert.deepEqual(
      [of(1e30), of(-1e30)],
      [
        { probability: 1, present: true },
        { probability: 0, present: false },
      ],
    );
    const isFailure = (error: unknown) => error instanceof EngineError && error.code === "modelFailure";
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      assert.throws(() => of(value), isFailure);
    }
    assert.throws(() => measureAttribute({ row, weights }, Float32Array.of(1, 1, 1)), isFailure, "a weight is missing");
  });
});
