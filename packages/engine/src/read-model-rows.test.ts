import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { EngineError } from "./engine-error.ts";
import { MODEL_TABLE } from "./model-table.ts";
import { readModelRows } from "./read-model-rows.ts";

const folder = mkdtempSync(join(tmpdir(), "sameface-rows-"));
const path = join(folder, "models.json");

async function refusalOf(content: string): Promise<string> {
  writeFileSync(path, content);
  const read = readModelRows(path);
  const [result] = await Promise.allSettled([read]);
  assert.ok(result.status === "rejected" && result.reason instanceof EngineError);
  assert.equal(result.reason.code, "startFailed");
  assert.ok(result.reason.message.startsWith(path));
  return result.reason.message;
}

describe("readModelRows", () => {
  after(() => {
    rmSync(folder, { recursive: true });
  });

  it("reads rows of any role as the table has them, each file beside the list or by its whole path", async () => {
    const { embedder, liveness } = MODEL_TABLE;
    const other = { ...liveness, file: "/models/other.onnx", cropScale: 4, liveIndex: 1 };
    writeFileSync(path, JSON.stringify({ embedder, liveness: other }));
    const file = join(folder, embedder.file);
    assert.deepEqual(await readModelRows(path), { embedder: { ...embedder, file }, liveness: other });
  });

  it("names what is no role, and the key that is missing, unknown or wrong", async () => {
    const { embedder } = MODEL_TABLE;
    const unpinned = { ...embedder, sha256: undefined };
    assert.match(await refusalOf(JSON.stringify({ nose: embedder })), /"nose" is no role; roles: detector, /);
    assert.match(await refusalOf(JSON.stringify({ embedder: unpinned })), /embedder: "sha256" is missing/);
    assert.match(await refusalOf(JSON.stringify({ embedder: { ...embedder, url: "x" } })), /embedder: "url" is/);
    const { preprocessing } = embedder;
    for (const [key, value] of Object.entries({
      sha256: embedder.sha256.toUpperCase(),
      bytes: 0,
      outputs: [],
      preprocessing: { ...preprocessing, std: [0, 1, 1] },
      minNorm: "2",
      cropScale: 0.5,
      liveIndex: -1,
    })) {
      assert.match(
        await refusalOf(JSON.stringify({ embedder: { ...embedder, [key]: value } })),
        new RegExp(`"${key}"`),
      );
    }
    assert.match(await refusalOf(JSON.stringify({ embedder: null })), /embedder: "the row"/);
  });

  it("refuses what is not there, not JSON, or no object", async () => {
    assert.match(await refusalOf("{"), /cannot be read as JSON/);
    assert.match(await refusalOf("[]"), /must hold an object/);
    await assert.rejects(readModelRows(join(folder, "none.json")), /none\.json: it cannot be read/);
  });
});
