import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { DEFAULT_POLICY, MATCH_THRESHOLDS } from "../api/index.ts";
import { EVALUATED, statedRates } from "./stated-rates.ts";
import { matchThresholdOf } from "./tenant-policy.ts";

interface StoredRow {
  readonly fmr: number | null;
  readonly fnmr: number | null;
  readonly intervals: { readonly fmr: readonly [number, number] | null };
}
interface Stored {
  readonly threshold: number;
  readonly matching: { readonly sets: readonly { readonly threshold: number; readonly rows: readonly StoredRow[] }[] };
}

// Written by `npm run evaluate`, compared on every run of the lane img.
const stored = JSON.parse(readFileSync(new URL("../../../../docs/evaluation.json", import.meta.url), "utf8")) as Stored;
const rounded = (rate: number): number => Math.round(rate * 10_000) / 10_000;

describe("the stated rates", () => {
  it("are those of the stored evaluation, of the worst set at each named threshold, the shipped one among them", () => {
    const worst = stored.matching.sets.map(({ threshold, rows }) => ({
      threshold,
      falseMatchRate: rounded(Math.max(...rows.map(({ fmr }) => fmr ?? 0))),
      falseMatchRateUpTo: rounded(Math.max(...rows.map(({ intervals }) => intervals.fmr?.[1] ?? 0))),
      falseNonMatchRate: rounded(Math.max(...rows.map(({ fnmr }) => fnmr ?? 0))),
    }));
    assert.deepEqual(EVALUATED, worst);
    assert.equal(matchThresholdOf(DEFAULT_POLICY), stored.threshold);
    assert.deepEqual(
      EVALUATED.map(({ threshold }) => threshold),
      Object.values(MATCH_THRESHOLDS),
    );
  });

  it("are bounded from the worse side between two thresholds, and not stated beyond the evaluated ones", () => {
    const [convenient, balanced, strict] = EVALUATED;
    const at = (threshold: number) => statedRates(threshold, { evaluated: true });
    assert.equal(at(0.5).falseMatchRate, convenient?.falseMatchRate);
    assert.equal(at(0.5).falseNonMatchRate, balanced?.falseNonMatchRate);
    assert.deepEqual(at(0.6), strict);
    assert.equal(at(0.47).falseMatchRate, null);
    assert.equal(at(0.61).falseNonMatchRate, null);
    assert.equal(at(0.61).falseMatchRateUpTo, strict?.falseMatchRateUpTo);
  });

  it("are none where another embedder was put in", () => {
    assert.deepEqual(statedRates(0.55, { evaluated: false }), {
      threshold: 0.55,
      falseMatchRate: null,
      falseMatchRateUpTo: null,
      falseNonMatchRate: null,
    });
  });
});
