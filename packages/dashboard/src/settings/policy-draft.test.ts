import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { isChanged, policyDraftOf, policyOf, wrongOf } from "./policy-draft.ts";

const POLICY = {
  thresholds: { match: "balanced" },
  checks: { lenses: "block", headCover: "flag" },
  liveness: { threshold: 0.3 },
  secondFactor: false,
  lockout: { waitAfterFailures: 5, waitSeconds: 30, stopAfterFailures: 50 },
  capture: { liveness: "passive", fileUpload: true, returnUrls: ["https://a.example/x"], frameAncestors: [] },
  replayedPictures: "captures",
  retention: { pictureDays: 0 },
} as const;

describe("the form of the policy", () => {
  it("gives back what it read", () => {
    assert.deepEqual(policyOf(policyDraftOf(POLICY)), POLICY);
    const thresholds = { match: 0.57 };
    assert.deepEqual(policyOf(policyDraftOf({ ...POLICY, thresholds })), { ...POLICY, thresholds });
  });

  it("is changed by what says something else, and not by an empty line", () => {
    const draft = policyDraftOf(POLICY);
    assert.equal(isChanged(draft, POLICY), false);
    assert.equal(isChanged({ ...draft, returnUrls: " https://a.example/x \n\n" }, POLICY), false);
    assert.equal(isChanged({ ...draft, frameAncestors: "https://b.example" }, POLICY), true);
  });

  it("says which numbers the API would not take", () => {
    const draft = policyDraftOf(POLICY);
    assert.deepEqual(wrongOf(draft), {});
    assert.deepEqual(wrongOf({ ...draft, liveness: "", waitSeconds: "5", stopAfterFailures: "x", pictureDays: "-1" }), {
      liveness: "0.01 to 1",
      waitSeconds: "30 to 86,400",
      stopAfterFailures: "6 to 50",
      pictureDays: "0 to 1,095",
    });
    assert.deepEqual(wrongOf({ ...draft, matchNumber: "2" }), {}, "not looked at where a name is chosen");
    assert.deepEqual(wrongOf({ ...draft, match: "custom", matchNumber: "2" }), { matchNumber: "0.4 to 0.95" });
  });
});
