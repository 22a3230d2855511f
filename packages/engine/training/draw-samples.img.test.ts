import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { loadHeads } from "../src/heads/load-heads.ts";
import { scoreOf } from "../src/heads/measure-attribute.ts";
import { CHECK_NAMES } from "../src/inspection.ts";
import { MODEL_TABLE } from "../src/model-table.ts";
import { drawAll } from "./draw-all.ts";
import { type DrawnSample, drawSamples } from "./draw-samples.ts";
import { drawPictures } from "./drawing/draw-picture.ts";
import { PERSONS } from "./recipe.ts";
import { trainAll } from "./train-all.ts";
import { WARDROBE } from "./wardrobe.ts";

// Persons that no head was trained on.
const SEEDS = Array.from({ length: 12 }, (_, i) => PERSONS + 100 + i);

describe("the drawn faces that the heads are trained on", () => {
  let samples: readonly DrawnSample[];
  before(async () => {
    samples = await drawAll(SEEDS);
  });

  it("are the same to the byte for the same seed, and differ only in what is worn", async () => {
    const [bare] = WARDROBE;
    assert.ok(bare !== undefined);
    const first = await drawPictures(7, [bare, { ...bare, mask: true }]);
    const second = await drawPictures(7, [bare, { ...bare, mask: true }]);
    assert.deepEqual(first, second);
    assert.notDeepEqual(first.pictures[0], first.pictures[1]);
    const other = await drawPictures(8, [bare]);
    assert.notDeepEqual(first.pictures[0]?.rgb, other.pictures[0]?.rgb);
  });

  it("are found by the engine in nine of ten pictures", () => {
    assert.ok(samples.length >= 0.85 * SEEDS.length * WARDROBE.length, String(samples.length));
  });

  it("give the same samples and weights however many workers draw them", async () => {
    const few = SEEDS.slice(0, 3);
    const alone = await drawSamples({ seeds: few });
    const shared = samples.filter(({ seed }) => few.includes(seed));
    assert.deepEqual(alone, shared);
    assert.deepEqual(trainAll(alone), trainAll(shared));
  });

  it("are told apart by the heads that ship, nine in ten, though none was seen in training", async () => {
    const heads = await loadHeads(MODEL_TABLE);
    for (const name of CHECK_NAMES) {
      const weights = heads[name]?.weights ?? new Float32Array(0);
      const right = samples.filter(({ looks, worn }) => scoreOf(weights, looks[name]) > 0 === worn[name]);
      assert.ok(right.length / samples.length > 0.9, `${name}: ${right.length} of ${samples.length}`);
    }
  });
});
