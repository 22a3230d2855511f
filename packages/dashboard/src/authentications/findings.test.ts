import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { findingsOf } from "./findings.ts";

const BODY = JSON.stringify({ spoofConfidence: 0.02, recognitionConfidence: { confidence: 0.9 } });
const CHECKS = { mask: true, lenses: false, headCover: "notEvaluated" } as const;

describe("findingsOf", () => {
  const told = (outcome: "passed" | "not-recognized" | "spoof", body: string | null = BODY) =>
    // Only these three fields are looked at.
    findingsOf({ checks: CHECKS, outcome, body } as Parameters<typeof findingsOf>[0]).map(
      (one) => `${one.name}: ${one.told}`,
    );

  it("tells each check in words, what was not evaluated too", () => {
    assert.deepEqual(told("passed").slice(0, 3), ["Face mask: Seen", "Lenses: Not seen", "Head cover: Not evaluated"]);
  });

  it("tells a match's score and never a non-match's, even if a body had one", () => {
    assert.ok(told("passed").includes("Match: 0.900"));
    for (const outcome of ["not-recognized", "spoof"] as const) assert.doesNotMatch(told(outcome).join(), /Match|0\.9/);
  });

  it("tells checks alone where the body was erased", () => {
    assert.equal(told("spoof", null).length, 3);
  });
});
