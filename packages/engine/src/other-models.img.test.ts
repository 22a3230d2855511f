import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import sharp from "sharp";
import { compare } from "./compare.ts";
import { createEngine } from "./create-engine.ts";
import { drawFace } from "./drawn-face.ts";
import { EngineError } from "./engine-error.ts";
import { MODELS_FOLDER } from "./fixtures/pictures.ts";
import { writeSecondEmbedder } from "./fixtures/second-embedder.ts";
import type { Engine, Inspection, Template } from "./inspection.ts";
import { MODEL_TABLE, type ModelRow, type ModelTable } from "./model-table.ts";
import { readModelRows } from "./read-model-rows.ts";

const FOLDER = mkdtempSync(join(tmpdir(), "sameface-models-"));

/** An engine with rows read from a file, as an operator brings them. */
async function engineWith(rows: Partial<ModelTable>): Promise<Engine> {
  const path = join(FOLDER, "models.json");
  writeFileSync(path, JSON.stringify(rows));
  return await createEngine({ processes: 1, models: await readModelRows(path) });
}

function templateOf({ template }: Inspection): Template {
  assert.ok("value" in template);
  return template.value;
}

async function drawn(seed: number, take: number): Promise<Uint8Array> {
  return await sharp(Buffer.from(drawFace(seed, { take })))
    .jpeg()
    .toBuffer();
}

after(() => {
  rmSync(FOLDER, { recursive: true });
});

// dlib's network, from the weights of a dev dependency: 128 numbers of 150×150 pixels instead of 512 of 112×112.
describe("another embedder by a row of the operator's file", () => {
  let [shipped, other]: Engine[] = [];
  let row: ModelRow;
  before(async () => {
    row = writeSecondEmbedder(FOLDER);
    [shipped, other] = [await createEngine({ processes: 1 }), await engineWith({ embedder: row })];
  });
  after(async () => {
    await shipped?.close();
    await other?.close();
  });
  const both = async (picture: Uint8Array): Promise<readonly [Inspection, Inspection]> => {
    assert.ok(shipped !== undefined && other !== undefined);
    return [await shipped.inspect(picture), await other.inspect(picture)];
  };

  it("makes templates of its own name and length, nearer for one drawn face than for two", async () => {
    const [, a] = await both(await drawn(1, 0));
    const [, again] = await both(await drawn(1, 1));
    const [, stranger] = await both(await drawn(2, 0));
    const template = templateOf(a);
    assert.equal(template.embedderId, `${row.sha256.slice(0, 16)}-arc150-rgb`);
    assert.equal(template.vector.length, 128);
    assert.equal(other?.describe().embedderId, template.embedderId);
    const [same, different] = [compare(template, templateOf(again)), compare(template, templateOf(stranger))];
    assert.ok(same.similarity > different.similarity, `${same.similarity} against ${different.similarity}`);
  });

  it("is told by an error apart from the embedder that ships: their templates do not compare", async () => {
    const [a, b] = (await both(await drawn(1, 0))).map(templateOf);
    assert.ok(a !== undefined && b !== undefined);
    assert.throws(
      () => compare(a, b),
      (error: unknown) =>
        error instanceof EngineError &&
        error.code === "embedderMismatch" &&
        error.message.includes(a.embedderId) &&
        error.message.includes(b.embedderId),
    );
  });

  it("leaves every other measurement as it was, and the checks that read the old one not evaluated, never false", async () => {
    const [ours, theirs] = await both(await drawn(3, 0));
    for (const key of ["primary", "pose", "liveness", "faceCount"] as const) assert.deepEqual(theirs[key], ours[key]);
    assert.ok("value" in ours.checks.mask && "value" in ours.checks.lenses);
    const notEvaluated = { unavailable: "notEvaluated" };
    assert.deepEqual(theirs.checks, { mask: notEvaluated, lenses: notEvaluated, headCover: notEvaluated });
  });
});

describe("another detector, landmark, liveness or pose model by a row", () => {
  // No second ONNX file of these roles is to be had: the same files under other rows, which read or crop otherwise.
  const renamed = (base: ModelRow, change: Partial<ModelRow>): ModelRow => ({
    ...base,
    ...change,
    file: join(MODELS_FOLDER, base.file),
    preprocessing: { ...base.preprocessing, ...change.preprocessing, id: `${base.preprocessing.id}-own` },
  });

  it("takes input, crop and output from the row, and carries its name into what it measures", async () => {
    const { detector, landmarks, liveness, pose } = MODEL_TABLE;
    const shipped = await createEngine({ processes: 1 });
    const other = await engineWith({
      detector: renamed(detector, {}),
      landmarks: renamed(landmarks, {}),
      liveness: renamed(liveness, { liveIndex: 1, cropScale: 2 }),
      pose: renamed(pose, {}),
    });
    try {
      const picture = await drawn(4, 0);
      const [ours, theirs] = [await shipped.inspect(picture), await other.inspect(picture)];
      assert.deepEqual(theirs.primary, ours.primary);
      assert.ok(
        "value" in theirs.pose && "value" in ours.pose && "value" in theirs.liveness && "value" in ours.liveness,
      );
      assert.deepEqual(theirs.pose.value, ours.pose.value);
      assert.match(theirs.pose.model, /-box150-imagenet-own$/);
      assert.match(theirs.liveness.model, /-crop27-bgr-raw-own$/);
      assert.ok((theirs.quality?.livenessCropScale ?? 9) <= 2);
      assert.ok(
        Math.abs(theirs.liveness.value.live + ours.liveness.value.live - 1) < 0.5,
        "an attack's output, not live's",
      );
    } finally {
      await shipped.close();
      await other.close();
    }
  });

  it("refuses to start with a file that is not what the row pins", async () => {
    const row = { ...renamed(MODEL_TABLE.embedder, {}), sha256: "0".repeat(64) };
    await assert.rejects(engineWith({ embedder: row }), (error: unknown) => {
      return error instanceof EngineError && error.code === "modelChanged" && error.message.includes(row.file);
    });
  });
});
