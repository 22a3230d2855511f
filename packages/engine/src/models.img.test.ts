import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, describe, it } from "node:test";
import { EngineError, type EngineErrorCode } from "./engine-error.ts";
import { loadModels } from "./fixtures/load-models.ts";
import { MODELS_FOLDER } from "./fixtures/pictures.ts";
import { MODEL_ROLES, MODEL_TABLE, type ModelTable } from "./model-table.ts";

let folder = "";
before(() => {
  folder = mkdtempSync(join(tmpdir(), "sameface-models-"));
});
beforeEach(() => {
  cpSync(MODELS_FOLDER, folder, { recursive: true });
});
after(() => {
  rmSync(folder, { recursive: true });
});

/** Loading refuses with the code, and its message holds each text. */
async function refuses(
  code: EngineErrorCode,
  options: { readonly texts: readonly string[]; readonly table?: ModelTable },
) {
  const { texts, ...rest } = options;
  await assert.rejects(loadModels(folder, rest), (error: unknown) => {
    assert.ok(error instanceof EngineError);
    assert.equal(error.code, code);
    for (const text of texts) assert.ok(error.message.includes(text), `${error.message} names ${text}`);
    return true;
  });
}

function change(file: string, edit: (bytes: Buffer) => Uint8Array): Uint8Array {
  const path = join(folder, file);
  const bytes = edit(readFileSync(path));
  writeFileSync(path, bytes);
  return bytes;
}

/** A table whose liveness row pins these bytes. */
function pinning(bytes: Uint8Array): ModelTable {
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  return { ...MODEL_TABLE, liveness: { ...MODEL_TABLE.liveness, sha256, bytes: bytes.length } };
}

describe("loadModels", () => {
  it("opens the files that ship", async () => {
    const models = await loadModels(folder);
    const { width, height, mean } = MODEL_TABLE.liveness.preprocessing;
    const [logits] = await models.liveness.run(new Uint8Array(width * height * mean.length));
    assert.equal(logits?.length, 3);
  });

  it("refuses a missing file of any role, and names file and hash", async () => {
    for (const role of MODEL_ROLES) {
      const { file, sha256 } = MODEL_TABLE[role];
      rmSync(join(folder, file));
      await refuses("modelMissing", { texts: [file, sha256] });
      cpSync(join(MODELS_FOLDER, file), join(folder, file));
    }
  });

  it("refuses a truncated and an empty file", async () => {
    const { file, sha256 } = MODEL_TABLE.pose;
    change(file, (bytes) => bytes.subarray(0, -1));
    await refuses("modelChanged", { texts: [file, sha256, "5811722 bytes"] });
    change(file, () => new Uint8Array(0));
    await refuses("modelChanged", { texts: [file, sha256, "0 bytes"] });
  });

  it("refuses a file with one bit flipped, and names both hashes", async () => {
    const { file, sha256 } = MODEL_TABLE.embedder;
    const flipped = change(file, (bytes) => bytes.fill((bytes[4_000_000] ?? 0) ^ 1, 4_000_000, 4_000_001));
    await refuses("modelChanged", { texts: [file, sha256, createHash("sha256").update(flipped).digest("hex")] });
  });

  it("refuses external data even in a file that the table pins", async () => {
    const { file } = MODEL_TABLE.liveness;
    const entry = Buffer.from("\x0a\x08location\x12\x10../../etc/passwd");
    const tensor = Buffer.concat([Buffer.from([0x6a, entry.length]), entry, Buffer.from([0x70, 1])]);
    const graph = Buffer.concat([Buffer.from([0x2a, tensor.length]), tensor]);
    const bytes = change(file, (model) => Buffer.concat([model, Buffer.from([0x3a, graph.length]), graph]));
    await refuses("modelExternalData", { texts: [file], table: pinning(bytes) });
  });

  it("refuses a pinned file that is not ONNX, or that the runtime does not take", async () => {
    const { file } = MODEL_TABLE.liveness;
    const text = change(file, () => Buffer.from("not a model, though pinned by its hash"));
    await refuses("modelExternalData", { texts: [file], table: pinning(text) });
    const empty = change(file, () => Buffer.from([0x08, 0x04]));
    await refuses("startFailed", { texts: [file], table: pinning(empty) });
  });
});
