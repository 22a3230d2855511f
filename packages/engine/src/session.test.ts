import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { Tensor } from "onnxruntime-node";
import { EngineError } from "./engine-error.ts";
import { MODEL_TABLE, type ModelRow } from "./model-table.ts";
import { fillPlanes, pixelValues, sessionOver } from "./session.ts";

const ROW: ModelRow = {
  ...MODEL_TABLE.liveness,
  outputs: [{ name: "output", length: 3 }],
  preprocessing: { id: "test", width: 2, height: 1, channels: "RGB", mean: [0, 10, 20], std: [1, 2, 4] },
};
const PIXELS = Uint8Array.of(10, 30, 100, 20, 50, 220);

async function runOver(results: Readonly<Record<string, unknown>>): Promise<readonly Float32Array[]> {
  return await sessionOver(ROW, async () => await Promise.resolve(results)).run(PIXELS);
}

function isFailure(error: unknown): boolean {
  return error instanceof EngineError && error.code === "modelFailure";
}

describe("fillPlanes", () => {
  it("writes one plane per channel, each with its mean and deviation", () => {
    const planes = new Float32Array(6);
    fillPlanes(planes, PIXELS, { row: ROW, values: pixelValues(ROW.preprocessing) });
    assert.deepEqual([...planes], [10, 20, 10, 20, 20, 50]);
  });

  it("turns the order of the planes for BGR", () => {
    const planes = new Float32Array(6);
    const preprocessing = { ...ROW.preprocessing, channels: "BGR", mean: [0, 0, 0], std: [1, 1, 1] } as const;
    fillPlanes(planes, PIXELS, { row: { ...ROW, preprocessing }, values: pixelValues(preprocessing) });
    assert.deepEqual([...planes], [100, 220, 30, 50, 10, 20]);
  });

  it("throws modelFailure for pixels of another size", () => {
    assert.throws(() => {
      fillPlanes(new Float32Array(6), PIXELS.subarray(1), { row: ROW, values: pixelValues(ROW.preprocessing) });
    }, isFailure);
  });
});

describe("sessionOver", () => {
  it("gives the outputs in the order of the row, zeros and negative values included", async () => {
    assert.deepEqual(await runOver({ output: new Tensor("float32", Float32Array.of(0, -1, 2), [1, 3]) }), [
      Float32Array.of(0, -1, 2),
    ]);
  });

  it("throws modelFailure for any output with NaN or an infinity in any place", async () => {
    const edge = fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY);
    const values = fc.array(fc.float({ noDefaultInfinity: true, noNaN: true }), { minLength: 3, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(values, edge, fc.nat({ max: 2 }), async (list, bad, at) => {
        const data = Float32Array.from(list.with(at, bad));
        await assert.rejects(runOver({ output: new Tensor("float32", data, [1, 3]) }), isFailure);
      }),
    );
  });

  it("throws modelFailure for a missing output, another type, another length and a runtime that throws", async () => {
    const outputs = [
      {},
      { other: new Tensor("float32", Float32Array.of(1, 2, 3), [3]) },
      { output: null },
      { output: Float32Array.of(1, 2, 3) },
      { output: new Tensor("int32", Int32Array.of(1, 2, 3), [3]) },
      { output: new Tensor("float32", Float32Array.of(1, 2), [2]) },
      { output: new Tensor("float32", Float32Array.of(1, 2, 3, 4), [4]) },
    ];
    for (const output of outputs) await assert.rejects(runOver(output), isFailure, JSON.stringify(Object.keys(output)));
    const broken = sessionOver(ROW, async () => await Promise.reject(new Error("out of memory")));
    await assert.rejects(broken.run(PIXELS), isFailure);
  });

  it("keeps two runs apart that were started together, and goes on after one that failed", async () => {
    const seen: number[] = [];
    const session = sessionOver(ROW, async (planes) => {
      const { promise, resolve } = Promise.withResolvers<undefined>();
      setImmediate(() => {
        resolve(undefined);
      });
      await promise;
      seen.push(Number(planes[0]));
      if (seen.length === 1) throw new Error("the first run fails");
      return { output: new Tensor("float32", Float32Array.of(1, 2, 3), [3]) };
    });
    const runs = [7, 8, 9].map(async (red) => await session.run(PIXELS.with(0, red)));
    const settled = await Promise.allSettled(runs);
    assert.deepEqual(seen, [7, 8, 9]);
    assert.deepEqual(
      settled.map(({ status }) => status),
      ["rejected", "fulfilled", "fulfilled"],
    );
  });
});
