import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { plainPicture } from "../fixtures/pictures.ts";
import { clipRect } from "../picture.ts";
import { livenessCrop } from "./measure-liveness.ts";

const PICTURE = plainPicture({ width: 640, height: 480 }, 0);

describe("livenessCrop", () => {
  it("is 2.7 times the face box about its centre where there is room", () => {
    const { scale, rect } = livenessCrop(PICTURE, { x: 270, y: 190, width: 100, height: 100 });
    assert.equal(scale, 2.7);
    assert.deepEqual(rect, { left: 185, top: 105, width: 271, height: 271 });
  });

  it("is shifted inside the picture rather than cut off", () => {
    const { scale, rect } = livenessCrop(PICTURE, { x: 0, y: 380, width: 100, height: 100 });
    assert.equal(scale, 2.7);
    assert.deepEqual([rect.left, rect.top + rect.height], [0, 480]);
  });

  it("is made smaller where the picture has no room, and says so", () => {
    const { scale, rect } = livenessCrop(PICTURE, { x: 200, y: 100, width: 200, height: 300 });
    assert.equal(scale, 479 / 300);
    assert.deepEqual([rect.top, rect.height], [0, 480]);
  });

  it("lies inside the picture for any box, also one that reaches outside", () => {
    const side = fc.double({ min: -900, max: 900, noNaN: true });
    const length = fc.double({ min: 0.5, max: 2000, noNaN: true });
    fc.assert(
      fc.property(fc.record({ x: side, y: side, width: length, height: length }), (box) => {
        const { rect } = livenessCrop(PICTURE, box);
        assert.deepEqual(clipRect(rect, PICTURE), rect);
      }),
    );
  });
});
