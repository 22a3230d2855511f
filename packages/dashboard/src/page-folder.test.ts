import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { pageFolder } from "./page-folder.ts";

describe("pageFolder", () => {
  it("names the folder of the built pages, whether it is asked from the sources or from what is built", () => {
    assert.match(fileURLToPath(pageFolder()), /packages[\\/]dashboard[\\/]dist[\\/]pages[\\/]$/);
  });
});
