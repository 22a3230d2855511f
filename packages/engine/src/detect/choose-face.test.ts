import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { chooseFace } from "./choose-face.ts";

const PICTURE = { width: 400, height: 300 };

function faceAt(x: number, y: number, size: number) {
  return { box: { x: x - size / 2, y: y - size / 2, width: size, height: size } };
}

describe("chooseFace", () => {
  it("answers undefined when there is no face", () => {
    assert.equal(chooseFace([], PICTURE), undefined);
  });

  it("takes the larger of two faces at the same distance from the centre, in any order", () => {
    const large = faceAt(150, 150, 100);
    const small = faceAt(250, 150, 60);
    for (const faces of [
      [large, small],
      [small, large],
    ]) {
      assert.deepEqual(chooseFace(faces, PICTURE), { primary: large, ambiguous: false });
    }
  });

  it("takes the central of two faces of one size, and calls the choice ambiguous from a share of 0.4 on", () => {
    const central = faceAt(200, 150, 80);
    // exp(−4·dx²) is 0.39 at dx = 0.485 and 0.41 at dx = 0.472.
    assert.deepEqual(chooseFace([faceAt(394, 150, 80), central], PICTURE), { primary: central, ambiguous: false });
    assert.deepEqual(chooseFace([faceAt(388.8, 150, 80), central], PICTURE), { primary: central, ambiguous: true });
  });

  it("measures the distance as a fraction of each side", () => {
    const aside = faceAt(300, 150, 80);
    const below = faceAt(200, 250, 80);
    assert.equal(chooseFace([below, aside], PICTURE)?.primary, aside);
  });
});
