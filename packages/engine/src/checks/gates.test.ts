import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Advised, DEFAULT_GATES, type Gated, hintsOf, refusalsOf } from "./gates.ts";

const NOT_MEASURED = { unavailable: "notEvaluated" };

const GOOD: Advised = {
  ambiguous: false,
  interocularPx: 80,
  pose: { yaw: 0, pitch: -7, roll: 0 },
  livenessCropScale: 2.7,
  recognisable: true,
  light: { brightness: 0.5, darkShare: 0, brightShare: 0, sharpness: 0.2 },
  insideShare: 1,
  eyes: NOT_MEASURED,
  checks: { mask: NOT_MEASURED },
};

function problems(change: Partial<Gated>, purpose: "match" | "enrol" = "match") {
  return refusalsOf({ ...GOOD, ...change }, { gates: DEFAULT_GATES, purpose }).map(({ problem }) => problem);
}

function pose(change: Partial<Gated["pose"]>): Partial<Gated> {
  return { pose: { ...GOOD.pose, ...change } };
}

describe("refusalsOf", () => {
  it("lets a good face pass, with no hint", () => {
    assert.deepEqual(problems({}), []);
    assert.deepEqual(hintsOf(GOOD, []), []);
  });

  it("asks for 24 pixels between the eyes to match and for 40 to enrol, both included", () => {
    assert.deepEqual(problems({ interocularPx: 24 }), []);
    assert.deepEqual(problems({ interocularPx: 23.99 }), ["face_too_small"]);
    assert.deepEqual(problems({ interocularPx: 40 }, "enrol"), []);
    assert.deepEqual(problems({ interocularPx: 39.99 }, "enrol"), ["face_too_small"]);
  });

  it("bounds yaw and roll to both sides, and pitch to a range of its own", () => {
    for (const angle of [{ yaw: 30 }, { yaw: -30 }, { pitch: -35 }, { pitch: 25 }, { roll: 40 }, { roll: -40 }]) {
      assert.deepEqual(problems(pose(angle)), [], JSON.stringify(angle));
    }
    for (const angle of [
      { yaw: 30.1 },
      { yaw: -30.1 },
      { pitch: -35.1 },
      { pitch: 25.1 },
      { roll: 40.1 },
      { roll: -40.1 },
    ]) {
      assert.deepEqual(problems(pose(angle)), ["pose_out_of_range"], JSON.stringify(angle));
    }
  });

  it("refuses a picture without room for the liveness crop", () => {
    assert.deepEqual(problems({ livenessCropScale: 1.35 }), []);
    assert.deepEqual(problems({ livenessCropScale: 1.34 }), ["low_margin"]);
  });

  it("names everything that is wrong, in the order of the stages", () => {
    const all = { recognisable: false, ambiguous: true, interocularPx: 0, livenessCropScale: 0, ...pose({ yaw: 90 }) };
    assert.deepEqual(problems(all), ["multiple_faces", "face_too_small", "pose_out_of_range", "low_margin", "quality"]);
  });

  it("lets nothing pass that is not a number", () => {
    assert.deepEqual(problems({ interocularPx: Number.NaN }), ["face_too_small"]);
    assert.deepEqual(problems({ livenessCropScale: Number.NaN }), ["low_margin"]);
    for (const angle of ["yaw", "pitch", "roll"]) {
      assert.ok(problems(pose({ [angle]: Number.NaN })).includes("pose_out_of_range"), angle);
    }
  });

  it("advises to move back before it refuses, and says it once", () => {
    const near = { ...GOOD, livenessCropScale: 1.79 };
    assert.equal(hintsOf(near, []).length, 1);
    const tight = { ...GOOD, livenessCropScale: 1 };
    const refusals = refusalsOf(tight, { gates: DEFAULT_GATES, purpose: "match" });
    assert.deepEqual(hintsOf(tight, refusals), ["move back a little: the picture needs room around your head"]);
  });

  it("names what a person can do about light, focus, eyes, pose and what covers or cuts off the face, and refuses for none of it", () => {
    const light = (change: Partial<Advised["light"]>) => ({ light: { ...GOOD.light, ...change } });
    const rows: readonly (readonly [Partial<Advised>, RegExp])[] = [
      [light({ brightness: 0.14 }), /^more light/],
      [light({ darkShare: 0.31 }), /^more light/],
      [light({ brightShare: 0.21 }), /^less light/],
      [light({ sharpness: 0.024 }), /^hold still/],
      [{ insideShare: 0.89 }, /^move into the picture/],
      [{ pose: { ...GOOD.pose, yaw: -20.1 } }, /^turn your face/],
      [{ eyes: { value: { left: 0.95, right: 1 }, model: "eyes" } }, /^open your eyes$/],
      [{ checks: { mask: { value: { probability: 1, present: true }, model: "head" } } }, /^uncover/],
    ];
    for (const [change, wanted] of rows) {
      const [hint, ...others] = hintsOf({ ...GOOD, ...change }, []);
      assert.match(hint ?? "", wanted);
      assert.deepEqual(others, []);
      assert.deepEqual(problems(change), []);
    }
  });

  it("says nothing of eyes of which one is open, and of a mask that is not there", () => {
    const winking = { eyes: { value: { left: 1, right: 0.94 }, model: "eyes" } };
    const bare = { checks: { mask: { value: { probability: 0.4, present: false }, model: "head" } } };
    assert.deepEqual(hintsOf({ ...GOOD, ...winking, ...bare }, []), []);
  });

  it("says once what both a gate and the advice would say", () => {
    const turned = { ...GOOD, ...pose({ yaw: 31 }) };
    const refusals = refusalsOf(turned, { gates: DEFAULT_GATES, purpose: "match" });
    assert.deepEqual(hintsOf(turned, refusals), ["turn your face towards the camera"]);
  });
});
