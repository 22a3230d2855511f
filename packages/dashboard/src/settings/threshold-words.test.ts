import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { NAMED, oneIn, percent, wordsOf } from "./threshold-words.ts";

describe("a threshold in words", () => {
  it("says what was measured at the named ones", () => {
    for (const threshold of Object.values(NAMED)) {
      assert.match(wordsOf(threshold), /^Of strangers who look alike, about 1 in [\d,]+ matched \(FMR [\d.]+\u00A0%\)/);
    }
  });

  it("says what holds on either side of one that was not measured", () => {
    assert.match(wordsOf(0.5), /^Between 0\.48 and 0\.55/);
    assert.match(wordsOf(0.4), /^Laxer than anything measured.* 0\.48\. Of strangers/);
    assert.match(wordsOf(0.9), /^Stricter than anything measured.* 0\.6\. Of strangers/);
  });

  it("rounds as people do", () => {
    assert.deepEqual([0.00593, 0.0225, 0.5, 0].map(oneIn), ["about 1 in 170", "about 1 in 44", "about 1 in 2", "none"]);
    assert.deepEqual([0.00593, 0.0371].map(percent), ["0.59\u00A0%", "3.7\u00A0%"]);
  });
});
