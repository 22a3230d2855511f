import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { differences } from "./stored-figures.ts";

describe("differences", () => {
  it("names every figure and hash that differs, with both values", () => {
    const stored = { threshold: 0.55, data: { sha256: "a" }, rows: [{ fmr: 0.1 }, { fmr: null }], gone: 1 };
    const now = { threshold: 0.55 + 1e-9, data: { sha256: "b" }, rows: [{ fmr: 0.2 }, { fmr: null }] };
    assert.deepEqual(differences(stored, { now }), [
      'data.sha256: "a" → "b"',
      "rows.0.fmr: 0.1 → 0.2",
      "gone: 1 → undefined",
    ]);
  });

  it("takes a rate that is no longer resolved for a difference", () => {
    assert.deepEqual(differences({ eer: 0 }, { now: { eer: null } }), ["eer: 0 → null"]);
  });
});
