import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { EngineError } from "../engine-error.ts";
import { fitSimilarity, invert, transform } from "./fit-similarity.ts";

const POINTS = [
  { x: 38, y: 52 },
  { x: 74, y: 51 },
  { x: 56, y: 72 },
  { x: 42, y: 92 },
  { x: 71, y: 92 },
];

function near(a: number, b: number): boolean {
  return Math.abs(a - b) < 1e-6 * (1 + Math.abs(b));
}

describe("fitSimilarity", () => {
  const similarity = fc
    .record({
      angle: fc.double({ min: -3.1, max: 3.1, noNaN: true }),
      scale: fc.double({ min: 0.05, max: 20, noNaN: true }),
      tx: fc.double({ min: -500, max: 500, noNaN: true }),
      ty: fc.double({ min: -500, max: 500, noNaN: true }),
    })
    .map(({ angle, scale, tx, ty }) => ({ a: scale * Math.cos(angle), b: scale * Math.sin(angle), tx, ty }));

  it("recovers any similarity from the points that it moved", () => {
    fc.assert(
      fc.property(similarity, (wanted) => {
        const moved = POINTS.map((point) => transform(wanted, point));
        const found = fitSimilarity(POINTS, moved);
        for (const key of ["a", "b", "tx", "ty"] as const) assert.ok(Math.abs(found[key] - wanted[key]) < 1e-6, key);
      }),
    );
  });

  it("is undone by its inverse", () => {
    fc.assert(
      fc.property(similarity, (there) => {
        for (const point of POINTS) {
          const back = transform(invert(there), transform(there, point));
          assert.ok(near(back.x, point.x) && near(back.y, point.y));
        }
      }),
    );
  });

  it("throws modelFailure when all points fall together, or one is not finite", () => {
    const together = POINTS.map(() => ({ x: 3, y: 3 }));
    const broken = POINTS.map((point, i) => (i === 2 ? { x: Number.NaN, y: 0 } : point));
    for (const points of [together, broken]) {
      assert.throws(
        () => fitSimilarity(points, POINTS),
        (error: unknown) => error instanceof EngineError && error.code === "modelFailure",
      );
    }
  });
});
