import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { EngineError } from "../engine-error.ts";
import { decodeFaces } from "./find-faces.ts";

function decode(score: number, box: readonly [number, number, number, number], threshold = 0.5) {
  return decodeFaces({
    scores: Float32Array.of(1 - score, score),
    boxes: Float32Array.from(box),
    threshold,
    canvas: { width: 200, height: 100 },
  });
}

function isFailure(error: unknown): boolean {
  return error instanceof EngineError && error.code === "modelFailure";
}

describe("decodeFaces", () => {
  it("turns corners in fractions into a box in pixels, neither squared nor clipped", () => {
    assert.deepEqual(decode(0.75, [-0.25, 0.5, 0.5, 1.25]), [
      { score: 0.75, box: { x: -50, y: 50, width: 150, height: 75 } },
    ]);
  });

  it("keeps what is above the threshold only", () => {
    assert.equal(decode(0.5, [0, 0, 1, 1]).length, 0);
    assert.equal(decode(0.5, [0, 0, 1, 1], 0.4).length, 1);
    assert.equal(decode(0, [0, 0, 0, 0]).length, 0);
    assert.equal(decode(1, [0, 0, 1, 1]).length, 1);
  });

  it("throws modelFailure for a score outside 0…1", () => {
    for (const score of [-0.01, 1.01, Number.NaN, Number.POSITIVE_INFINITY]) {
      assert.throws(() => decode(score, [0, 0, 1, 1]), isFailure, String(score));
    }
  });

  it("throws modelFailure for a box without area, outside the picture, or far larger than it", () => {
    const boxes = [
      [0.5, 0, 0.5, 1],
      [0.6, 0, 0.4, 1],
      [0, 1, 1, 0],
      [1.1, 0, 1.5, 1],
      [0, -2, 1, -1],
      [0, Number.NaN, 1, 1],
      [-9, 0, 9, 1],
      [0, -1e30, 1, 1e30],
    ] as const;
    for (const box of boxes) assert.throws(() => decode(0.9, box), isFailure, String(box));
  });
});
