import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { CHECK_NAMES } from "../inspection.ts";
import { MODEL_TABLE, type ModelTable } from "../model-table.ts";
import { HEAD_TABLE } from "./head-table.ts";
import { loadHeads, NO_HEADS } from "./load-heads.ts";

describe("loadHeads", () => {
  it("reads every head as it is pinned, a finite weight for each input and a constant", async () => {
    const heads = await loadHeads(MODEL_TABLE);
    for (const name of CHECK_NAMES) {
      const weights = heads[name]?.weights;
      assert.equal(weights?.length, HEAD_TABLE[name].bytes / 4);
      assert.ok(weights.every(Number.isFinite));
    }
  });

  it("gives no head for another embedder, nor for the same file read in another way", async () => {
    const { embedder } = MODEL_TABLE;
    const others: readonly ModelTable["embedder"][] = [
      { ...embedder, sha256: "0".repeat(64) },
      { ...embedder, preprocessing: { ...embedder.preprocessing, id: "arc112-rgb-1" } },
    ];
    for (const other of others) assert.deepEqual(await loadHeads({ ...MODEL_TABLE, embedder: other }), NO_HEADS);
  });

  it("keeps the heads that read only models that stayed", async () => {
    const heads = await loadHeads({ ...MODEL_TABLE, pose: { ...MODEL_TABLE.pose, sha256: "0".repeat(64) } });
    const rows = CHECK_NAMES.map((name) => [name, HEAD_TABLE[name].inputs.every(({ run }) => run !== "pose")]);
    assert.deepEqual(
      CHECK_NAMES.map((name) => [name, heads[name] !== null]),
      rows,
    );
  });
});
