import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import fc from "fast-check";
import { Tensor } from "onnxruntime-node";
import sharp from "sharp";
import { EngineError } from "./engine-error.ts";
import { loadModels } from "./fixtures/load-models.ts";
import { drawnPicture, MODELS_FOLDER } from "./fixtures/pictures.ts";
import { DEFAULT_GATES, type Measured, measure } from "./measure.ts";
import { MODEL_ROLES, MODEL_TABLE, type ModelRole } from "./model-table.ts";
import type { Models } from "./models.ts";
import type { Picture } from "./picture.ts";
import { type Session, sessionOver } from "./session.ts";

let models: Models;
let picture: Picture;
before(async () => {
  models = await loadModels(MODELS_FOLDER);
  picture = await drawnPicture(1, { width: 240, height: 320 });
});

/** Measures with one model whose every output is what `output` makes of its length. */
async function measureWith(role: ModelRole, output: (length: number) => Float32Array): Promise<Measured> {
  const row = MODEL_TABLE[role];
  const broken = sessionOver(row, async () => {
    const entries = row.outputs.map(({ name, length }) => {
      const data = output(length);
      return [name, new Tensor("float32", data, [data.length])] as const;
    });
    return await Promise.resolve(Object.fromEntries(entries));
  });
  return await measure(picture, {
    models: { ...models, [role]: broken },
    purpose: "match",
    eyes: true,
    gates: DEFAULT_GATES,
  });
}

/** The problem is named, and nothing that depends on a model is there. */
function assertNothingMeasured(result: Measured): void {
  assert.deepEqual(result.problems, ["model_failure"]);
  assert.equal(result.primary, null);
  assert.equal(result.quality, null);
  const nothing = { unavailable: "model_failure" };
  assert.deepEqual([result.pose, result.template, result.liveness, result.eyes], [nothing, nothing, nothing, nothing]);
  assert.deepEqual(result.checks, { mask: nothing, lenses: nothing, headCover: nothing });
}

describe("a model that fails", () => {
  it("measures nothing when any model gives one value that is not finite", async () => {
    const edges = fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY);
    const property = fc.asyncProperty(fc.constantFrom(...MODEL_ROLES), edges, fc.nat(), async (role, edge, at) => {
      const result = await measureWith(role, (length) =>
        new Float32Array(length).fill(0.5).fill(edge, at % length, (at % length) + 1),
      );
      assertNothingMeasured(result);
    });
    await fc.assert(property, { numRuns: 60 });
  });

  it("measures nothing when any model gives an output of the wrong length", async () => {
    for (const role of MODEL_ROLES) {
      for (const change of [-1, 1]) {
        assertNothingMeasured(await measureWith(role, (length) => new Float32Array(length + change)));
      }
      assertNothingMeasured(await measureWith(role, () => new Float32Array(0)));
    }
  });

  it("answers only when no crop is being cut any more: the picture's memory is given back then", async () => {
    const large = await drawnPicture(1, { width: 720, height: 960 });
    const liveness: Session = { run: async () => await Promise.reject(new EngineError("modelFailure", "at once")) };
    const context = { models: { ...models, liveness }, purpose: "match", gates: DEFAULT_GATES } as const;
    assertNothingMeasured(await measure(large, context));
    assert.deepEqual(sharp.counters(), { queue: 0, process: 0 });
  });

  it("measures nothing when the runtime throws", async () => {
    for (const role of MODEL_ROLES) {
      const broken = sessionOver(MODEL_TABLE[role], async () => await Promise.reject(new Error("no memory")));
      const context = {
        models: { ...models, [role]: broken },
        purpose: "match",
        eyes: true,
        gates: DEFAULT_GATES,
      } as const;
      assertNothingMeasured(await measure(picture, context));
    }
  });

  it("does not take a fault of this code for a failing model", async () => {
    const faulty: Session = { run: async () => await Promise.reject(new TypeError("a fault")) };
    const context = {
      models: { ...models, pose: faulty },
      purpose: "match",
      eyes: true,
      gates: DEFAULT_GATES,
    } as const;
    await assert.rejects(measure(picture, context), TypeError);
  });

  it("measures nothing when the embedding is zero, or so small that it has no direction", async () => {
    for (const value of [0, -0, 1e-45, 1e-30, 1e-6]) {
      assertNothingMeasured(await measureWith("embedder", (length) => new Float32Array(length).fill(value)));
    }
  });

  it("measures nothing when the landmarks fall together or fly away", async () => {
    for (const value of [0, -8e-17, 0.5, 5, -1e30]) {
      assertNothingMeasured(await measureWith("landmarks", (length) => new Float32Array(length).fill(value)));
    }
  });

  it("measures nothing when the detector's boxes or scores are impossible", async () => {
    for (const value of [0.9, 1, 7, -1]) {
      assertNothingMeasured(await measureWith("detector", (length) => new Float32Array(length).fill(value)));
    }
  });

  it("never gives a number that is not finite or not in its range, for any finite output of any model", async () => {
    const value = fc.float({ noNaN: true, noDefaultInfinity: true });
    const values = fc.array(value, { minLength: 1, maxLength: 40 });
    const property = fc.asyncProperty(fc.constantFrom(...MODEL_ROLES), values, async (role, list) => {
      const result = await measureWith(role, (length) =>
        Float32Array.from({ length }, (_, i) => list[i % list.length] ?? 0),
      );
      if (result.problems[0] === "model_failure") {
        assertNothingMeasured(result);
        return;
      }
      if ("value" in result.liveness) assert.ok(result.liveness.value.live >= 0 && result.liveness.value.live <= 1);
      if ("value" in result.eyes) assert.ok(Object.values(result.eyes.value).every((one) => one >= 0 && one <= 1));
      if ("value" in result.template) {
        assert.ok(Math.abs(Math.hypot(...result.template.value.vector) - 1) < 1e-3);
      }
      if ("value" in result.pose) assert.ok(Object.values(result.pose.value).every(Number.isFinite));
      const { primary } = result;
      assert.ok(primary === null || (Number.isFinite(primary.interocularPx) && primary.interocularPx > 0));
    });
    await fc.assert(property, { numRuns: 100 });
  });

  it("takes a true 0 and a true 1 for what they are", async () => {
    const surely = (index: number) => async () =>
      await measureWith("liveness", (length) => new Float32Array(length).fill(0).fill(200, index, index + 1));
    const [live, attack] = [await surely(0)(), await surely(1)()];
    assert.deepEqual("value" in live.liveness && live.liveness.value, { live: 1 });
    assert.ok("value" in attack.liveness && attack.liveness.value.live < 1e-80);
    assert.deepEqual(attack.problems, []);
  });
});
