import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { EngineError } from "../engine-error.ts";
import type { HeadInput } from "./head-table.ts";
import { type HeadTensors, readInputs } from "./read-inputs.ts";

const rows = { embedder: { outputs: [{ name: "output" }, { name: "inner" }] }, pose: { outputs: [{ name: "deep" }] } };
const inner: HeadInput = { run: "embedder", modelId: "e", tensor: "inner", channels: 2, side: 4, pool: 2 };
const deep: HeadInput = { run: "pose", modelId: "p", tensor: "deep", channels: 1, side: 2, pool: 1 };
const tensors: HeadTensors = {
  // Channel 0 counts its pixels from 0 to 15, channel 1 from 100.
  embedder: [new Float32Array(1), Float32Array.from({ length: 32 }, (_, i) => (i < 16 ? i : 84 + i))],
  pose: [Float32Array.of(1, 2, 3, 4)],
  crown: null,
};

describe("readInputs", () => {
  it("averages each channel over squares, row by row, one input after the other", () => {
    const values = readInputs([inner, deep], { tensors, rows });
    assert.deepEqual([...values], [2.5, 4.5, 10.5, 12.5, 102.5, 104.5, 110.5, 112.5, 1, 2, 3, 4]);
  });

  it("throws modelFailure for a tensor that is missing or of another length", () => {
    for (const bad of [
      { ...deep, tensor: "gone" },
      { ...deep, channels: 2 },
      { ...inner, side: 2 },
      { ...inner, run: "crown" as const },
    ]) {
      assert.throws(
        () => readInputs([bad], { tensors, rows }),
        (error: unknown) => error instanceof EngineError && error.code === "modelFailure",
      );
    }
  });
});
