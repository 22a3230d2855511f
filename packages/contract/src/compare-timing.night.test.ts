import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { equalInConstantTime } from "./signature.ts";

const COMPARISONS = 100_000;
/** One comparison is shorter than what the clock can tell. */
const AT_ONCE = 50;
/** Beyond: two classes of input take times that differ (dudect). */
const MOST_T = 4.5;
/** The slowest tenth is what the machine did meanwhile. */
const KEPT = 0.9;

/** Welch's t of two samples. */
function tOf(a: readonly number[], b: readonly number[]): number {
  const of = (values: readonly number[]) => {
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
    return { mean, share: variance / values.length };
  };
  const [one, other] = [of(a), of(b)];
  return (one.mean - other.mean) / Math.sqrt(one.share + other.share);
}

/** Times of two classes in an order that neither can guess, cropped at what most of both stay under. */
function measure(compare: (value: string) => boolean, classes: readonly [string, string]): number {
  const times: [number[], number[]] = [[], []];
  let equal = 0;
  for (let n = 0; n < 2 * COMPARISONS; n += 1) {
    const which = Math.random() < 0.5 ? 0 : 1;
    const value = classes[which];
    const startedNs = process.hrtime.bigint();
    for (let k = 0; k < AT_ONCE; k += 1) equal += Number(compare(value));
    // What is compiled on the way is nobody's share.
    if (n >= COMPARISONS) times[which].push(Number(process.hrtime.bigint() - startedNs));
  }
  assert.equal(equal, 0);
  const all = times.flat().toSorted((a, b) => a - b);
  const most = all[Math.floor(all.length * KEPT)] ?? Number.POSITIVE_INFINITY;
  const [a, b] = times.map((one) => one.filter((time) => time <= most));
  return tOf(a ?? [], b ?? []);
}

describe("the comparison of signatures, by its time over 100,000", () => {
  const expected = Buffer.alloc(32, 0xa5).toString("base64");
  const wrongAt = (place: number): string => `${expected.slice(0, place)}!${expected.slice(place + 1)}`;

  it("tells nothing of where the first wrong character is", (t) => {
    const value = measure((one) => equalInConstantTime(expected, one), [wrongAt(0), wrongAt(42)]);
    t.diagnostic(`t = ${value.toFixed(2)}`);
    console.log(`told: timing ${JSON.stringify({ comparisons: COMPARISONS, t: Math.round(value * 100) / 100 })}`);
    assert.ok(Math.abs(value) < MOST_T, `t = ${value}`);
  });

  it("would be told apart if it stopped at the first difference: the method sees what it looks for", () => {
    const early = (one: string): boolean => {
      for (let at = 0; at < expected.length; at += 1) if (one.charCodeAt(at) !== expected.charCodeAt(at)) return false;
      return true;
    };
    const value = measure(early, [wrongAt(0), wrongAt(42)]);
    assert.ok(Math.abs(value) > 10 * MOST_T, `t = ${value}`);
  });
});
