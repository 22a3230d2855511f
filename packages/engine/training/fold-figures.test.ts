import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { areaUnder, chooseThreshold, foldFigures, type Scored } from "./fold-figures.ts";

function scored(scores: readonly number[], worn: boolean, group = "camera"): readonly Scored[] {
  return scores.map((score, i) => ({ score, worn, person: `${group}${worn ? "w" : "b"}${i}`, group, source: group }));
}

describe("the figures of a head", () => {
  it("choose the threshold in the middle of the gap between bare and worn", () => {
    const threshold = chooseThreshold([...scored([0, 1], false), ...scored([5, 6], true)]);
    assert.ok(Math.abs(threshold - 3) < 0.1, String(threshold));
  });

  it("let a group of few count as much as a group of many", () => {
    const many = scored(Array(40).fill(0), false);
    const few = scored([2, 2], false, "tight");
    const threshold = chooseThreshold([...many, ...few, ...scored([4], true)]);
    assert.ok(Math.abs(threshold - 3) < 0.2, String(threshold));
  });

  it("judge everybody by a threshold that others chose", () => {
    // Two in five folds hold a bare face far above its like: it is flagged though it would lift a threshold of its own.
    const list = [...scored([0, 0.1, 0.2, 0.3, 9], false), ...scored([3, 4, 5, 6, 7], true)];
    const all = foldFigures(list).get("all");
    assert.deepEqual([all?.worn, all?.bare, all?.fpr, all?.tpr], [5, 5, 0.2, 1]);
  });

  it("count the area under the curve as the share of pairs in the right order, ties half", () => {
    assert.equal(areaUnder([...scored([0, 2], false), ...scored([1, 2], true)]), (1 + 0 + 1 + 0.5) / 4);
  });
});
