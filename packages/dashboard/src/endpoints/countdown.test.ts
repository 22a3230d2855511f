import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { countdown } from "./countdown.ts";

describe("countdown", () => {
  it("says what is left, to two units", () => {
    const leftOf = (seconds: number): string | null => countdown(seconds * 1_000, 0);
    assert.deepEqual([601_200, 86_400, 86_399, 3_840, 61, 40, 0, -5].map(leftOf), [
      "6 d 23 h",
      "1 d 0 h",
      "23 h 59 min",
      "1 h 04 min",
      "1 min 01 s",
      "40 s",
      null,
      null,
    ]);
  });
});
