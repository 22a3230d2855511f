import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { exposeTensors } from "./expose-tensors.ts";
import { hasExternalData } from "./external-data.ts";
import { MODELS_FOLDER } from "./fixtures/pictures.ts";
import { MODEL_TABLE } from "./model-table.ts";

const file = readFileSync(join(MODELS_FOLDER, MODEL_TABLE.embedder.file));

async function run(model: Uint8Array): Promise<InferenceSession.ReturnType> {
  const session = await InferenceSession.create(model);
  const input = new Tensor("float32", new Float32Array(3 * 112 * 112).fill(0.25), [1, 3, 112, 112]);
  return await session.run({ input });
}

describe("exposeTensors", () => {
  it("adds outputs behind the checked bytes, which stay as they are", () => {
    const exposed = exposeTensors(file, ["471"]);
    assert.deepEqual(Buffer.from(exposed.subarray(0, file.length)), file);
    assert.equal(exposed.length, file.length + 9);
    assert.equal(hasExternalData(exposed), false);
    assert.equal(exposeTensors(file, []), file);
  });

  it("makes the runtime give the inner tensors, and the same output as before", async () => {
    const [plain, exposed] = [await run(file), await run(exposeTensors(file, ["471", "503"]))];
    assert.deepEqual(exposed["471"]?.dims, [1, 128, 14, 14]);
    assert.deepEqual(exposed["503"]?.dims, [1, 128, 7, 7]);
    assert.deepEqual(exposed["output"]?.data, plain["output"]?.data);
  });
});
