import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { HEAD_TABLE } from "./heads/head-table.ts";
import { packModels, unpackModels } from "./model-parcel.ts";

describe("packModels", () => {
  it("is undone by unpackModels, wherever in the parcel the numbers of a head come to lie", () => {
    const graphs = {
      detector: Uint8Array.of(1),
      landmarks: Uint8Array.of(2, 2),
      embedder: Uint8Array.of(),
      liveness: Uint8Array.of(4),
      pose: Uint8Array.of(5, 5, 5),
      eyes: Uint8Array.of(6),
    };
    for (const headCover of [null, { row: HEAD_TABLE.headCover, weights: Float32Array.of(-1.5, 0.1) }]) {
      for (const shift of [0, 1, 2, 3]) {
        const heads = {
          mask: { row: HEAD_TABLE.mask, weights: Float32Array.of(0.25, 3e-7, -0) },
          lenses: null,
          headCover,
        };
        const prepared = { heads, graphs: { ...graphs, pose: new Uint8Array(shift).fill(7) } };
        const { graphs: graphsBack, heads: headsBack } = unpackModels(packModels(prepared));
        assert.deepEqual(headsBack, heads);
        for (const [role, bytes] of Object.entries(prepared.graphs))
          assert.deepEqual(Object.entries(graphsBack).find(([name]) => name === role)?.[1], Buffer.from(bytes));
      }
    }
  });
});
