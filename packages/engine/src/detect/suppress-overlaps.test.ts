import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { suppressOverlaps } from "./suppress-overlaps.ts";

function face(x: number, score: number) {
  return { box: { x, y: 0, width: 100, height: 100 }, score };
}

describe("suppressOverlaps", () => {
  it("keeps the highest score of boxes that overlap by more than 0.4", () => {
    // Shifted by 40 of 100: 60 ÷ 140 = 0.43.
    assert.deepEqual(suppressOverlaps([face(0, 0.7), face(40, 0.9)]), [face(40, 0.9)]);
  });

  it("keeps both boxes when they overlap by less, or only touch", () => {
    // Shifted by 45: 55 ÷ 145 = 0.38.
    assert.deepEqual(suppressOverlaps([face(0, 0.9), face(45, 0.7)]), [face(0, 0.9), face(45, 0.7)]);
    assert.deepEqual(suppressOverlaps([face(0, 0.9), face(100, 0.7)]), [face(0, 0.9), face(100, 0.7)]);
  });

  it("lets a suppressed box suppress no other", () => {
    assert.deepEqual(suppressOverlaps([face(0, 0.9), face(40, 0.8), face(80, 0.7)]), [face(0, 0.9), face(80, 0.7)]);
  });

  it("gives nothing for nothing, and leaves its argument as it was", () => {
    assert.deepEqual(suppressOverlaps([]), []);
    const faces = [face(0, 0.1), face(200, 0.9)];
    suppressOverlaps(faces);
    assert.deepEqual(faces, [face(0, 0.1), face(200, 0.9)]);
  });
});
