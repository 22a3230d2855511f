import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { EngineError } from "../engine-error.ts";
import { degreesOf } from "./measure-pose.ts";

describe("degreesOf", () => {
  it("reads 3° a bin from −99° on", () => {
    const sure = (bin: number) => Float32Array.from({ length: 66 }, (_, i) => (i === bin ? 1000 : 0));
    assert.equal(degreesOf(sure(0)), -99);
    assert.equal(degreesOf(sure(33)), 0);
    assert.equal(degreesOf(sure(65)), 96);
  });

  it("averages between bins", () => {
    const between = Float32Array.from({ length: 66 }, (_, i) => (i === 33 || i === 34 ? 1000 : 0));
    assert.equal(degreesOf(between), 1.5);
  });

  it("throws modelFailure when there is nothing to read", () => {
    for (const logits of [undefined, new Float32Array(0), Float32Array.of(Number.NaN)]) {
      assert.throws(
        () => degreesOf(logits),
        (error: unknown) => error instanceof EngineError && error.code === "modelFailure",
      );
    }
  });
});
