import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { scoreOf } from "../src/heads/measure-attribute.ts";
import { createRandom } from "./drawing/random.ts";
import { type Samples, trainHead } from "./train-head.ts";

/** Two clouds that differ in the first of eight inputs; the others are loud and mean nothing. */
function clouds(count: number): Samples {
  const random = createRandom(3);
  const width = 8;
  const labels = Uint8Array.from({ length: count }, (_, i) => (i % 4 === 0 ? 1 : 0));
  const values = Float32Array.from({ length: count * width }, (_, at) => {
    const worn = labels[Math.floor(at / width)] === 1;
    return at % width === 0 ? random.bell() * 0.3 + (worn ? 2 : 0) : random.bell() * 40;
  });
  return { values, width, labels };
}

describe("trainHead", () => {
  it("finds what tells the classes apart, however loud the rest is and however few one class has", () => {
    const samples = clouds(400);
    const weights = trainHead(samples, { decay: 0.05, rounds: 150 });
    const scores = Array.from(samples.labels, (_, i) => scoreOf(weights, samples.values.subarray(i * 8, i * 8 + 8)));
    const right = scores.filter((score, i) => score > 0 === (samples.labels[i] === 1));
    assert.ok(right.length / scores.length > 0.98, String(right.length));
  });

  it("gives the same weights to the byte for the same samples", () => {
    const fit = { decay: 0.05, rounds: 40 };
    assert.deepEqual(trainHead(clouds(100), fit), trainHead(clouds(100), fit));
  });
});
