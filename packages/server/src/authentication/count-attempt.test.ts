import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Outcome, OWN_FAILURE_NAMES } from "@sameface/contract";
import { countAttempt } from "./count-attempt.ts";

describe("countAttempt", () => {
  const changes = (outcome: Outcome, source: string | null = "s"): string[] =>
    countAttempt(outcome, { customer: "c", source }).map((one) => `${one.scope} ${one.subject} ${one.change}`);
  const both = ["customer c failure", "source s failure"];

  it("counts a spoof, another face, 9001, 9002 and 9004 against customer and source", () => {
    assert.deepEqual(changes({ kind: "spoof", spoofConfidence: 1 }), both);
    assert.deepEqual(changes({ kind: "not-recognized", spoofConfidence: 0 }), both);
    const counted = OWN_FAILURE_NAMES.filter((failure) => changes({ kind: "error", failure }).length === 2);
    assert.deepEqual(counted, ["faceNotFound", "moreThanOneFace", "faceUnclear"]);
  });

  it("counts blocked, unknown and 9005 against the source alone", () => {
    const source = ["source s failure"];
    assert.deepEqual(changes({ kind: "unknown-customer" }), source);
    assert.deepEqual(changes({ kind: "blocklisted" }), source);
    assert.deepEqual(changes({ kind: "error", failure: "tooManyAttempts" }), source);
  });

  it("counts neither a capture that was declined nor a picture or a server that failed", () => {
    assert.deepEqual(changes({ kind: "declined", mask: true, lenses: false, other: false }), []);
    assert.deepEqual(changes({ kind: "error", failure: "imageNotUsable" }), []);
    assert.deepEqual(changes({ kind: "error", failure: "unpredicted" }), []);
  });

  it("sets both back on a pass, and no source where none was told", () => {
    const passed: Outcome = {
      kind: "passed",
      interviewId: "i",
      confidence: 1,
      spoofConfidence: 0,
      lenses: false,
      secondFactor: false,
    };
    assert.deepEqual(changes(passed), ["customer c reset", "source s reset"]);
    assert.deepEqual(changes(passed, null), ["customer c reset"]);
    assert.deepEqual(changes({ kind: "unknown-customer" }, null), []);
  });
});
