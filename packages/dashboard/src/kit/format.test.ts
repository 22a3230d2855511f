import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { clockTime, count, durationOf, milliseconds, relativeTime, share } from "./format.ts";

describe("how figures are written for people", () => {
  it("tells how long ago something was, or how long it is till then", () => {
    const nowMs = Date.UTC(2027, 0, 1);
    assert.equal(relativeTime(nowMs - 2_000, nowMs), "now");
    assert.equal(relativeTime(nowMs - 40_000, nowMs), "40 s ago");
    assert.equal(relativeTime(nowMs + 120_000, nowMs), "in 2 min");
  });

  it("takes the unit that matters", () => {
    assert.deepEqual([59, 60, 3_600, 86_400, 3 * 86_400].map(durationOf), ["59 s", "1 min", "1 h", "24 h", "3 d"]);
    assert.deepEqual([0.4, 999, 1_240].map(milliseconds), ["0 ms", "999 ms", "1.2 s"]);
  });

  it("writes times so that they sort, and counts so that they can be read", () => {
    assert.match(clockTime(Date.UTC(2027, 0, 31, 12)), /^2027-0[12]-[0-3]\d \d\d:00:00$/);
    assert.equal(count(1_234_567), "1,234,567");
  });

  it("has no share of nothing", () => {
    assert.deepEqual([share(1, 8), share(0, 0)], ["12.5 %", "–"]);
  });
});
