import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { hasExternalData } from "./external-data.ts";
import { fillBlocks } from "./fill-blocks.ts";
import { MODELS_FOLDER } from "./fixtures/pictures.ts";
import { lowerPRelu } from "./lower-prelu.ts";
import { MODEL_TABLE, type ModelRow } from "./model-table.ts";
import { changeGraph, type Graph, integerOf } from "./onnx-graph.ts";

const { embedder, liveness, pose } = MODEL_TABLE;
const TOLERANCE = 3e-6;

function namesOf(row: ModelRow): readonly string[] {
  return row.outputs.map(({ name }) => name);
}

function changed(row: ModelRow): Uint8Array {
  return changeGraph(readFileSync(join(MODELS_FOLDER, row.file)), (graph) =>
    lowerPRelu(fillBlocks(graph, namesOf(row))),
  );
}

function graphOf(model: Uint8Array): Graph {
  const seen: Graph[] = [];
  changeGraph(model, (graph) => {
    seen.push(graph);
    return graph;
  });
  const [graph] = seen;
  assert.ok(graph !== undefined);
  return graph;
}

/** What a model gives for numbers of both signs, all different. */
async function run(model: Uint8Array, { input, preprocessing }: ModelRow): Promise<InferenceSession.ReturnType> {
  const { width, height, mean } = preprocessing;
  const session = await InferenceSession.create(model, { intraOpNumThreads: 1 });
  const noise = Float32Array.from({ length: mean.length * width * height }, (_, i) => 2 * Math.sin(i * i));
  return await session.run({ [input]: new Tensor("float32", noise, [1, mean.length, height, width]) });
}

async function worstOf(row: ModelRow): Promise<number> {
  const [before, after] = [await run(readFileSync(join(MODELS_FOLDER, row.file)), row), await run(changed(row), row)];
  const off = Object.entries(before).map(([name, { data }]) => {
    const values = Float64Array.from(data as Float32Array);
    const others = (after[name]?.data ?? []) as Float32Array;
    const highest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    return Math.max(...values.map((value, i) => Math.abs(value - (others[i] ?? Number.NaN)) / highest));
  });
  return Math.max(...off);
}

describe("fillBlocks and lowerPRelu", () => {
  for (const row of [embedder, liveness, pose]) {
    it(`leave what ${row.file} gives as it was, but for rounding`, async () => {
      const worst = await worstOf(row);
      assert.ok(worst <= TOLERANCE, String(worst));
    });
  }

  it("leave no PRelu, and no convolution a channel over less than whole blocks", () => {
    for (const row of [embedder, liveness]) {
      const { nodes } = graphOf(changed(row));
      assert.equal(
        nodes.some(({ opType }) => opType === "PRelu"),
        false,
      );
      assert.deepEqual(
        nodes.map((node) => integerOf(node, "group", 1)).filter((groups) => groups > 1 && groups % 16 !== 0),
        [],
      );
      assert.equal(hasExternalData(changed(row)), false);
    }
  });

  it("leave a tensor as it is that is read outside, and all before it that would change with it", () => {
    // Of the pose model's 58 channels: convolution, Relu, convolution a channel, convolution.
    const graph = graphOf(readFileSync(join(MODELS_FOLDER, pose.file)));
    const shapeOf = (kept: readonly string[]) => fillBlocks(graph, kept).weights.get("638")?.shape;
    assert.deepEqual(shapeOf(namesOf(pose)), [64, 58, 1, 1]);
    assert.deepEqual(shapeOf([...namesOf(pose), "640"]), [58, 58, 1, 1]);
  });

  it("leave weights that a second operation reads as they are", () => {
    const graph = graphOf(readFileSync(join(MODELS_FOLDER, pose.file)));
    const [other] = graph.nodes.filter(({ inputs }) => inputs.includes("644"));
    assert.ok(other !== undefined);
    const twice = { ...graph, nodes: [...graph.nodes, { ...other, outputs: ["twice"] }] };
    assert.deepEqual(fillBlocks(twice, namesOf(pose)).weights.get("638")?.shape, [58, 58, 1, 1]);
  });

  it("leave a PRelu with one slope for all channels alone", () => {
    const slope = { shape: [1, 1, 1], values: Float32Array.of(0.25) };
    const node = { opType: "PRelu", inputs: ["x", "slope"], outputs: ["y"], attributes: new Map() };
    const graph = { nodes: [node], weights: new Map([["slope", slope]]) };
    assert.deepEqual(lowerPRelu(fillBlocks(graph, ["y"])), graph);
  });

  it("throw for bytes that are no protocol buffer", () => {
    assert.throws(() => changeGraph(Uint8Array.of(0xff, 0xff), (graph) => graph), RangeError);
  });
});
