import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { hasExternalData } from "./external-data.ts";
import { MODELS_FOLDER } from "./fixtures/pictures.ts";
import { lowerPRelu } from "./lower-prelu.ts";
import { MODEL_TABLE } from "./model-table.ts";

const { embedder, pose } = MODEL_TABLE;
const file = readFileSync(join(MODELS_FOLDER, embedder.file));
// Values of both signs, all different.
const noise = Float32Array.from({ length: 3 * 112 * 112 }, (_, i) => 2 * Math.sin(i * i));

async function run(model: Uint8Array): Promise<Tensor | undefined> {
  const session = await InferenceSession.create(model, { intraOpNumThreads: 1 });
  const outputs = await session.run({ [embedder.input]: new Tensor("float32", noise, [1, 3, 112, 112]) });
  return outputs["output"];
}

describe("lowerPRelu", () => {
  it("leaves no PRelu in the embedder, and every bit of what it gives as it was", async () => {
    const lowered = Buffer.from(lowerPRelu(file));
    assert.ok(file.includes("PRelu") && !lowered.includes("\u0005PRelu"));
    assert.equal(hasExternalData(lowered), false);
    const [before, after] = [await run(file), await run(lowered)];
    assert.equal(before?.data.length, 512);
    assert.deepEqual(after?.data, before.data);
  });

  it("gives a model without PRelu back byte for byte", () => {
    const other = readFileSync(join(MODELS_FOLDER, pose.file));
    assert.deepEqual(Buffer.from(lowerPRelu(other)), other);
  });

  it("throws for bytes that are no protocol buffer", () => {
    assert.throws(() => lowerPRelu(Uint8Array.of(0xff, 0xff)), RangeError);
  });
});
