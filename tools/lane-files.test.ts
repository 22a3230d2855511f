import assert from "node:assert/strict";
import { globSync } from "node:fs";
import { describe, it } from "node:test";
import { laneFiles } from "./lane-files.ts";
import { LANES } from "./lanes.ts";
import { ROOT } from "./root.ts";

const lanes = Object.values(LANES).filter((lane) => "files" in lane);

describe("laneFiles", () => {
  it("puts every test file of the repository into exactly one lane", () => {
    const all = globSync("**/*.test.ts", { cwd: ROOT, exclude: ["**/node_modules", "**/dist"] });
    assert.notEqual(all.length, 0);
    const homes = lanes.flatMap((lane) => laneFiles(lane));
    assert.deepEqual(homes.toSorted(), all.toSorted());
  });
});
