import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { swapsSides, turnUpright } from "./turn-upright.ts";

// EXIF 2.32 §4.6.4 A: how each orientation stores the upright picture "ab / cd / ef".
const STORED = {
  1: ["ab", "cd", "ef"],
  2: ["ba", "dc", "fe"],
  3: ["fe", "dc", "ba"],
  4: ["ef", "cd", "ab"],
  5: ["ace", "bdf"],
  6: ["bdf", "ace"],
  7: ["fdb", "eca"],
  8: ["eca", "fdb"],
} as const;

function pixels(rows: readonly string[]) {
  const letters = rows.join("");
  const rgb = Uint8Array.from(
    Buffer.from(letters)
      .toJSON()
      .data.flatMap((letter) => [letter, 1, 2]),
  );
  return { width: rows[0]?.length ?? 0, height: rows.length, rgb };
}

describe("turnUpright", () => {
  it("gives the same upright picture from all eight orientations", () => {
    for (const [orientation, rows] of Object.entries(STORED)) {
      assert.deepEqual(turnUpright(pixels(rows), Number(orientation)), pixels(STORED[1]), orientation);
      assert.equal(swapsSides(Number(orientation)), rows.length === 2);
    }
  });
});
