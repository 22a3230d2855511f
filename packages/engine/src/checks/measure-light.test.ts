import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { measureLight } from "./measure-light.ts";

const SIDE = 112;

/** A crop whose every pixel is the grey that `level` gives for it. */
function cropOf(level: (x: number, y: number) => number): Uint8Array {
  return Uint8Array.from({ length: SIDE * SIDE * 3 }, (_, at) => {
    const pixel = Math.floor(at / 3);
    return level(pixel % SIDE, Math.floor(pixel / SIDE));
  });
}

function lightOf(level: (x: number, y: number) => number) {
  return measureLight(cropOf(level), SIDE);
}

describe("measureLight", () => {
  it("reads black, white and the middle as they are, and finds no detail in one colour", () => {
    assert.deepEqual(
      lightOf(() => 0),
      { brightness: 0, darkShare: 1, brightShare: 0, sharpness: 0 },
    );
    assert.deepEqual(
      lightOf(() => 255),
      { brightness: 1, darkShare: 0, brightShare: 1, sharpness: 0 },
    );
    assert.deepEqual(
      lightOf(() => 51),
      { brightness: 0.2, darkShare: 0, brightShare: 0, sharpness: 0 },
    );
  });

  it("looks at the face alone: what is black or white round it counts for nothing", () => {
    const framed = lightOf((x, y) => (x >= 27 && x < 85 && y >= 39 && y < 97 ? 128 : 0));
    assert.deepEqual(
      framed,
      lightOf(() => 128),
    );
  });

  it("finds more detail in fine stripes than in broad ones, and as much in faint ones", () => {
    const stripes = (period: number, height: number) =>
      lightOf((x) => 128 + height * Math.sin((2 * Math.PI * x) / period)).sharpness;
    assert.ok(stripes(4, 80) > 10 * stripes(28, 80));
    assert.ok(Math.abs(stripes(8, 80) / stripes(8, 40) - 1) < 0.05);
  });
});
