import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { eyeRect, LEFT_EYE, RIGHT_EYE } from "./measure-eyes.ts";

/** An eye of 40 pixels about (100, 50), and one of 20 about (200, 60); every other point is far away. */
const POINTS = Array.from({ length: 68 }, (_, index) => {
  if (index === 36) return { x: 80, y: 50 };
  if (index === 39) return { x: 120, y: 50 };
  if (index === 42) return { x: 190, y: 60 };
  if (index === 45) return { x: 210, y: 60 };
  if ([37, 38].includes(index)) return { x: 100, y: 44 };
  if ([40, 41].includes(index)) return { x: 100, y: 56 };
  if ([43, 44, 46, 47].includes(index)) return { x: 200, y: 60 };
  return { x: -1e6, y: 1e6 };
});

describe("eyeRect", () => {
  it("is a square of 1.6 times the eye's width about the middle of the lids", () => {
    assert.deepEqual(eyeRect(POINTS, LEFT_EYE), { left: 68, top: 18, width: 64, height: 64 });
    assert.deepEqual(eyeRect(POINTS, RIGHT_EYE), { left: 184, top: 44, width: 32, height: 32 });
  });

  it("has at least one pixel where the corners of an eye fall together", () => {
    const rect = eyeRect(
      POINTS.map(() => ({ x: 5, y: 5 })),
      LEFT_EYE,
    );
    assert.deepEqual([rect.width, rect.height], [1, 1]);
  });

  it("is none of too few points", () => {
    assert.throws(() => eyeRect(POINTS.slice(0, 40), LEFT_EYE), { code: "modelFailure" });
  });
});
