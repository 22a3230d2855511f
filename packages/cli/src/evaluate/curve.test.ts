import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { bootstrap } from "./bootstrap.ts";
import { curveOf, type Pair, rankPairs } from "./curve.ts";
import { FAR_POINTS, overallFigures } from "./matching.ts";

const pairsAt = (scores: readonly number[], people: readonly [string, string] = ["a", "b"]): Pair[] =>
  scores.map((similarity) => ({ similarity, first: people[0], second: people[1] }));

const RESAMPLING = { resamples: 50, seed: 1 };

describe("curveOf", () => {
  const pairs = rankPairs({
    genuine: pairsAt([0.4, 0.9, 0.7, 0.8], ["a", "a"]),
    impostors: pairsAt([0.5, 0.1, 0.2, 0.3, 0.45]),
  });

  it("counts a genuine pair at the threshold as matched, and an impostor at it as let through", () => {
    const curve = curveOf(pairs);
    assert.deepEqual([curve.fnmrAt(0.4), curve.fnmrAt(0.7), curve.fnmrAt(0.71)], [0, 0.25, 0.5]);
    assert.deepEqual([curve.fmrAt(0.5), curve.fmrAt(0.45), curve.fmrAt(0.51)], [0.2, 0.4, 0]);
  });

  it("gives the equal error rate, and the true accepts by how many impostors may pass", () => {
    const curve = curveOf(pairs);
    assert.equal(curve.eer(), 0.25);
    assert.deepEqual(
      [curve.tarAtFar(0), curve.tarAtFar(0.2), curve.tarAtFar(0.4), curve.tarAtFar(1)],
      [0.75, 0.75, 1, 1],
    );
  });

  it("counts each pair as often as its people were drawn, a pair of two people by both", () => {
    const twice = curveOf(pairs, (person) => (person === "a" ? 2 : 3));
    assert.equal(twice.fnmrAt(0.7), 0.25);
    const two = rankPairs({
      genuine: [...pairsAt([0.4], ["a", "a"]), ...pairsAt([0.9], ["b", "b"])],
      impostors: [...pairsAt([0.6], ["a", "c"]), ...pairsAt([0.1], ["b", "c"])],
    });
    const weighed = curveOf(two, (person) => (person === "b" ? 3 : 1));
    assert.deepEqual([weighed.fnmrAt(0.5), weighed.fmrAt(0.5)], [0.25, 0.25]);
  });

  it("has no rate where there is no pair", () => {
    const curve = curveOf({ genuine: [], impostors: [] });
    assert.deepEqual([curve.fnmrAt(0.5), curve.fmrAt(0.5), curve.eer(), curve.tarAtFar(0.1)], [null, null, null, null]);
  });
});

describe("bootstrap", () => {
  it("draws people, not pairs: one bad person of four widens the interval as far as she is drawn", () => {
    const people = ["a", "b", "c", "d"];
    const genuine = people.flatMap((person) => pairsAt(Array(20).fill(person === "a" ? 0.1 : 0.9), [person, person]));
    const pairs = rankPairs({ genuine, impostors: [] });
    const rates = { resamples: 400, seed: 7 };
    const drawn = bootstrap(people, { ...rates, rates: (weights) => ({ fnmr: curveOf(pairs, weights).fnmrAt(0.5) }) });
    assert.deepEqual(drawn.fnmr, [0, 0.75]);
  });

  it("gives the same intervals for the same seed and none where nothing could be drawn", () => {
    const rates = () => ({ nothing: null, one: 1 });
    assert.deepEqual(bootstrap(["a"], { ...RESAMPLING, rates }), { nothing: null, one: [1, 1] });
  });
});

describe("overallFigures", () => {
  it("prints no rate that the pairs cannot carry: 1e-4 needs 30,000", () => {
    const genuine = pairsAt([0.9], ["a", "a"]);
    for (const { key, minPairs } of FAR_POINTS.slice(0, 3)) {
      const under = { genuine, impostors: pairsAt(Array(minPairs - 1).fill(0.1)) };
      const enough = { genuine, impostors: pairsAt(Array(minPairs).fill(0.1)) };
      assert.equal(overallFigures(under, { resamples: 1, seed: 1 }).tarAtFar[key], null);
      assert.equal(overallFigures(enough, { resamples: 1, seed: 1 }).tarAtFar[key], 1);
    }
  });
});
