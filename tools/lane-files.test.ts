import assert from "node:assert/strict";
import { globSync } from "node:fs";
import { describe, it } from "node:test";
import { laneFiles } from "./lane-files.ts";
import { LANES } from "./lanes.ts";
import { NIGHT_PARTS } from "./night.ts";
import { ROOT } from "./root.ts";

describe("laneFiles", () => {
  it("puts every test file of the repository into exactly one lane", () => {
    const all = globSync("**/*.test.ts", { cwd: ROOT, exclude: ["**/node_modules", "**/dist"] });
    assert.notEqual(all.length, 0);
    const homes = Object.values(LANES).flatMap((lane) => laneFiles(lane));
    assert.deepEqual(homes.toSorted(), all.toSorted());
  });

  it("finds test files for every part of the night, and a part for every file that is the night's alone", () => {
    for (const [name, { lane, words }] of Object.entries(NIGHT_PARTS)) {
      const files = laneFiles(LANES[lane]);
      for (const word of words)
        assert.ok(
          files.some((file) => file.includes(word)),
          `${name}: ${word}`,
        );
    }
    const words = Object.values(NIGHT_PARTS).flatMap((part) => (part.lane === "night" ? part.words : []));
    for (const file of laneFiles(LANES.night))
      assert.ok(
        words.some((word) => file.includes(word)),
        file,
      );
  });
});
