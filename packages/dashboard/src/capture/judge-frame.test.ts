import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { fitInto, frameProblem, type Grey, greyOf, judgeFrame } from "./judge-frame.ts";

const SIZE = { width: 32, height: 24 };
const draw = (of: (x: number, y: number) => number): Grey => ({
  ...SIZE,
  pixels: Uint8Array.from({ length: 32 * 24 }, (_, at) => of(at % 32, Math.floor(at / 32))),
});

describe("judgeFrame", () => {
  it("calls fine detail sharper than a slope, and an even picture not sharp at all", () => {
    const checks = judgeFrame(draw((x, y) => ((x + y) % 2) * 200)).sharpness;
    const slope = judgeFrame(draw((x) => x * 8)).sharpness;
    assert.ok(checks > slope);
    assert.equal(judgeFrame(draw(() => 90)).sharpness, 0);
  });

  it("measures light from black to white, with green the brightest of the colours", () => {
    assert.equal(judgeFrame(draw(() => 0)).brightness, 0);
    assert.equal(judgeFrame(draw(() => 255)).brightness, 1);
    const { pixels } = greyOf(Uint8ClampedArray.of(255, 0, 0, 9, 0, 255, 0, 9, 0, 0, 255, 9), { width: 3, height: 1 });
    assert.deepEqual([...pixels], [76, 149, 29]);
  });

  it("holds back only what shows nothing", () => {
    const big = { width: 640, height: 480 };
    assert.equal(frameProblem({ brightness: 0.02, sharpness: 1 }, big), "moreLight");
    assert.equal(frameProblem({ brightness: 0.98, sharpness: 1 }, big), "lessLight");
    assert.equal(frameProblem({ brightness: 0.5, sharpness: 0 }, big), null);
    assert.equal(frameProblem({ brightness: 0.5, sharpness: 1 }, { width: 320, height: 200 }), "tooSmall");
  });

  it("makes a picture smaller and never larger", () => {
    assert.deepEqual(fitInto({ width: 4000, height: 3000 }, 960), { width: 960, height: 720 });
    assert.deepEqual(fitInto({ width: 300, height: 600 }, 960), { width: 300, height: 600 });
  });
});
