import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { barsOf, countedOf, figuresOf, STACK } from "./figures.ts";
import { RANGES, rangeNamed, spanOf } from "./ranges.ts";

const HOUR_MS = 3_600_000;
const START_MS = Date.UTC(2027, 0, 1);
const hour = (n: number, outcomes: Record<string, number>) => ({
  hour: new Date(START_MS + n * HOUR_MS).toISOString(),
  outcomes,
  attempts: { delivered: 2, failed: 1 },
  deliveries: { delivered: 2, dead: 1 },
});

describe("the figures of the overview", () => {
  it("has a bar for each hour of a day, empty ones too", () => {
    const span = { fromMs: START_MS, toMs: START_MS + 24 * HOUR_MS };
    const bars = barsOf([hour(3, { passed: 2, spoof: 1 })], span);
    assert.equal(bars.length, 24);
    assert.deepEqual([bars[2]?.total, bars[3]?.total, bars[3]?.counts.passed], [0, 3, 2]);
  });

  it("loses no attempt in wider bars, and has never more than can be told apart", () => {
    for (const { hours } of Object.values(RANGES)) {
      const span = { fromMs: START_MS, toMs: START_MS + hours * HOUR_MS };
      const all = Array.from({ length: hours }, (_, n) => hour(n, { passed: 1, error: 1 }));
      const bars = barsOf(all, span);
      assert.ok(bars.length <= 62, `${bars.length} bars`);
      assert.equal(
        bars.reduce((sum, bar) => sum + bar.total, 0),
        2 * hours,
      );
      assert.equal(bars.at(-1)?.toMs, span.toMs);
    }
  });

  it("sums what happened", () => {
    const figures = figuresOf([hour(0, { passed: 3, spoof: 1 }), hour(1, { declined: 1 })]);
    assert.deepEqual(figures, { attempts: 5, passed: 3, spoofs: 1, delivered: 4, deliveryAttempts: 6, died: 2 });
    assert.equal(new Set(STACK).size, 7);
  });

  it("says where it stopped counting", () => {
    assert.deepEqual([countedOf(9_999, 10_000), countedOf(10_000, 10_000)], ["9,999", "10,000+"]);
  });

  it("takes whole hours up to the end of the present one, a day where none is named", () => {
    assert.deepEqual([rangeNamed(undefined), rangeNamed("constructor"), rangeNamed("7d")], ["24h", "24h", "7d"]);
    const { fromMs, toMs } = spanOf("6h", START_MS + 1);
    assert.deepEqual([fromMs, toMs], [START_MS - 5 * HOUR_MS, START_MS + HOUR_MS]);
  });
});
