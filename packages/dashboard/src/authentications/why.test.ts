import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { whyOf } from "./why.ts";

const CHECKS = { mask: true, lenses: "notEvaluated", headCover: false } as const;

describe("whyOf", () => {
  it("names the code, the reason, and of a declined face what it wore", () => {
    const one = { errorCode: null, reason: null, checks: CHECKS } as const;
    assert.equal(whyOf({ ...one, outcome: "declined" }), "Face mask");
    assert.equal(whyOf({ ...one, outcome: "passed" }), "");
    assert.equal(whyOf({ ...one, outcome: "error", errorCode: 9001, reason: "no_face" }), "9001 · no_face");
    assert.equal(whyOf({ ...one, outcome: "declined", checks: null, reason: "headCover" }), "headCover");
  });
});
