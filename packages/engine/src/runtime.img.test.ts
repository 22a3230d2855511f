import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import sharp from "sharp";
import { createEngine } from "./create-engine.ts";
import { drawFace } from "./drawn-face.ts";
import { loadModels } from "./fixtures/load-models.ts";
import { drawnPicture, MODELS_FOLDER } from "./fixtures/pictures.ts";
import { CHECK_NAMES } from "./inspection.ts";
import { DEFAULT_GATES, measure } from "./measure.ts";
import { MODEL_TABLE } from "./model-table.ts";
import { graphBytes } from "./prepare-models.ts";
import { loadRuntime } from "./runtime.ts";
import { openSession, type Session } from "./session.ts";

const ROLES = ["detector", "landmarks", "embedder", "liveness", "pose"] as const;

describe("the runtime", () => {
  it("gives in WebAssembly what it gives natively, to 1e-5, for every output of every model on drawn faces", async () => {
    const web = await loadRuntime("onnxruntime-web");
    const models = await loadModels(MODELS_FOLDER);
    const inputs = new Map<string, { readonly pixels: Uint8Array; readonly outputs: readonly Float32Array[] }[]>();
    const heard = Object.fromEntries(
      ROLES.map((role): [string, Session] => [
        role,
        {
          async run(pixels) {
            const outputs = await models[role].run(pixels);
            inputs.set(role, [...(inputs.get(role) ?? []), { pixels: pixels.slice(), outputs }]);
            return outputs;
          },
        },
      ]),
    );
    for (const seed of [1, 2]) {
      const context = { models: { ...models, ...heard }, purpose: "match", gates: DEFAULT_GATES } as const;
      assert.deepEqual((await measure(await drawnPicture(seed), context)).problems, []);
    }
    for (const role of ROLES) {
      const row = MODEL_TABLE[role];
      const graph = graphBytes(row, readFileSync(join(MODELS_FOLDER, row.file)));
      const session = await openSession(row, { graph, runtime: web });
      for (const { pixels, outputs } of inputs.get(role) ?? []) {
        const found = await session.run(pixels);
        found.forEach((values, index) => {
          const off = Math.max(...values.map((value, i) => Math.abs(value - (outputs[index]?.[i] ?? Number.NaN))));
          // Logits of the pose model reach 10: 1e-5 of the value, and no less than 1e-5.
          const size = Math.max(1, ...values.map(Math.abs));
          assert.ok(off <= 1e-5 * size, `${role} ${index}: ${off}`);
        });
      }
      // The embedder looks at the crown of the head, too.
      assert.equal(inputs.get(role)?.length, role === "embedder" ? 4 : 2);
    }
  });

  it("falls back to WebAssembly where the native build does not load, and says so", async () => {
    const { name } = await loadRuntime(null, {
      native: async () => await Promise.reject(new Error("no binding for this system")),
      web: async () => await import("onnxruntime-web"),
    });
    assert.equal(name, "onnxruntime-web");
  });

  it("refuses to start, with the mend, where neither build loads", async () => {
    const none = async () => await Promise.reject(new Error("not installed"));
    await assert.rejects(loadRuntime(null, { native: none, web: none }), {
      code: "startFailed",
      message: /npm install onnxruntime-web/,
    });
  });

  it("runs a whole engine in WebAssembly in a child of its own, with the same checks to 1e-4, and describes it", async () => {
    const native = await createEngine({ processes: 1, runtime: "onnxruntime-node" });
    const engine = await createEngine({ processes: 1, runtime: "onnxruntime-web" });
    try {
      assert.equal(engine.describe().runtime.name, "onnxruntime-web");
      const picture = await sharp(Buffer.from(drawFace(1)))
        .jpeg()
        .toBuffer();
      const { problems, checks } = await engine.inspect(picture);
      assert.deepEqual(problems, []);
      const wanted = (await native.inspect(picture)).checks;
      for (const name of CHECK_NAMES) {
        const [web, own] = [checks[name], wanted[name]];
        assert.ok("value" in web && "value" in own, name);
        assert.equal(web.value.present, own.value.present, name);
        assert.ok(Math.abs(web.value.probability - own.value.probability) < 1e-4, name);
      }
    } finally {
      await engine.close();
      await native.close();
    }
  });
});
