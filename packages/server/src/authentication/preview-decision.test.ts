import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { DEFAULT_POLICY, type Policy } from "../api/index.ts";
import { type KeptDecision, previewDecision } from "./preview-decision.ts";
import { recognitionConfidence, similarityOf } from "./recognition-confidence.ts";

const BARE = { mask: false, lenses: false, headCover: false } as const;
const kept = (change: Partial<KeptDecision>): KeptDecision => ({
  outcome: "passed",
  reason: null,
  checks: BARE,
  spoofConfidence: 0.1,
  confidence: recognitionConfidence(0.58),
  ...change,
});
const policy = (match: number, change: Partial<Policy> = {}): Policy => ({
  ...DEFAULT_POLICY,
  thresholds: { match },
  ...change,
});
const preview = (one: KeptDecision, wanted: Policy, present: Policy = DEFAULT_POLICY) =>
  previewDecision(one, { present, wanted });

describe("previewDecision", () => {
  it("reads the similarity of a pass back from its confidence", () => {
    for (const similarity of [0.4, 0.5501, 0.7, 0.95]) {
      assert.ok(Math.abs(similarityOf(recognitionConfidence(similarity)) - similarity) < 1e-9);
    }
  });

  it("fails a pass whose similarity is below the wanted threshold, and no other", () => {
    assert.equal(preview(kept({}), policy(0.6)), "not-recognized");
    assert.equal(preview(kept({}), policy(0.579)), "passed");
    assert.equal(preview(kept({}), policy(0.4)), "passed");
    assert.equal(preview(kept({ confidence: 1 }), policy(0.95)), "passed");
  });

  it("can't know what a laxer threshold makes of a face that was not recognized, for no score of it is kept", () => {
    const one = kept({ outcome: "not-recognized", confidence: null });
    assert.equal(preview(one, policy(0.5)), "undetermined");
    assert.equal(preview(one, policy(0.6)), "not-recognized");
  });

  it("turns what is less live than the wanted threshold into a spoof, and leaves the other way open", () => {
    const strict = policy(0.55, { liveness: { threshold: 0.95 } });
    assert.equal(preview(kept({}), strict), "spoof");
    assert.equal(preview(kept({ outcome: "not-recognized", confidence: null }), strict), "spoof");
    const spoof = kept({ outcome: "spoof", spoofConfidence: 0.8, confidence: null });
    assert.equal(preview(spoof, DEFAULT_POLICY), "spoof");
    assert.equal(preview(spoof, policy(0.55, { liveness: { threshold: 0.1 } })), "undetermined");
    const replayed = kept({ outcome: "spoof", spoofConfidence: 1, reason: "replayed", confidence: null });
    assert.equal(preview(replayed, policy(0.55, { liveness: { threshold: 0.01 } })), "spoof");
  });

  it("declines what is worn and would block, and leaves open what a check did not look at", () => {
    const wear = (lenses: Policy["checks"]["lenses"], headCover: Policy["checks"]["headCover"]) =>
      policy(0.55, { checks: { lenses, headCover } });
    const withHat = kept({ checks: { ...BARE, headCover: true } });
    assert.equal(preview(withHat, wear("block", "block")), "declined");
    assert.equal(preview(withHat, wear("block", "flag")), "passed");
    const glasses = kept({
      outcome: "declined",
      checks: { ...BARE, lenses: true },
      spoofConfidence: null,
      confidence: null,
    });
    assert.equal(preview(glasses, wear("block", "off")), "declined");
    assert.equal(preview(glasses, wear("flag", "off")), "undetermined");
    const masked = { ...glasses, checks: { ...BARE, mask: true } };
    assert.equal(preview(masked, wear("off", "off")), "declined");
    const unseen = kept({ checks: { ...BARE, headCover: "notEvaluated" } });
    assert.equal(preview(unseen, wear("block", "block"), wear("block", "off")), "undetermined");
    // No model for it: nothing would have looked.
    assert.equal(preview(unseen, wear("block", "block"), wear("block", "flag")), "passed");
  });

  it("leaves who was unknown, blocked or could not be judged as it was, and says when too little is kept", () => {
    for (const outcome of ["unknown-customer", "blocklisted", "error"] as const) {
      assert.equal(preview(kept({ outcome, checks: null, spoofConfidence: null }), policy(0.9)), outcome);
    }
    assert.equal(preview(kept({ spoofConfidence: null, confidence: null }), policy(0.55)), "undetermined");
    assert.equal(preview(kept({ outcome: "declined", checks: null }), policy(0.55)), "undetermined");
    assert.equal(preview(kept({ confidence: null }), policy(0.55)), "undetermined");
    assert.equal(preview(kept({ checks: null }), policy(0.55)), "passed");
    assert.equal(preview(kept({ outcome: "declined" }), policy(0.55)), "undetermined");
  });
});
