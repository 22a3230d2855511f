import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { recognitionConfidence } from "./recognition-confidence.ts";

describe("recognitionConfidence", () => {
  it("is the map of engine.md: 0.44 → 0.50, 0.48 → 0.62, 0.55 → 0.79, 0.60 → 0.87, 0.71 → 0.96", () => {
    const pairs = [0.44, 0.48, 0.55, 0.6, 0.71].map((c) => recognitionConfidence(c).toFixed(2));
    assert.deepEqual(pairs, ["0.50", "0.62", "0.79", "0.87", "0.96"]);
  });

  it("grows with the similarity and stays within 0…1", () => {
    let last = 0;
    for (let similarity = -1; similarity <= 1; similarity += 0.01) {
      const confidence = recognitionConfidence(similarity);
      assert.ok(confidence > last && confidence < 1);
      last = confidence;
    }
  });
});
