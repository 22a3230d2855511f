import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { before, describe, it } from "node:test";
import { loadModels } from "./fixtures/load-models.ts";
import { drawnPicture, MODELS_FOLDER } from "./fixtures/pictures.ts";
import { DEFAULT_GATES, type Measured, measure } from "./measure.ts";

/** Every number that came out for one drawn face, as pinned. */
interface Golden {
  readonly embedderId: string;
  readonly box: readonly number[];
  readonly detectorScore: number;
  readonly interocularPx: number;
  readonly pose: readonly number[];
  readonly live: number;
  readonly landmarks: readonly number[];
  readonly vector: readonly number[];
}

const FILE = new URL("./fixtures/golden-drawn-face.json", import.meta.url);
const SEED = 12;
const TOLERANCE = 1e-5;

function readOff(result: Measured): Golden {
  const { primary, pose, template, liveness } = result;
  assert.ok(primary !== null && "value" in pose && "value" in template && "value" in liveness);
  const { x, y, width, height } = primary.box;
  return {
    embedderId: template.value.embedderId,
    box: [x, y, width, height],
    detectorScore: primary.detectorScore,
    interocularPx: primary.interocularPx,
    pose: [pose.value.yaw, pose.value.pitch, pose.value.roll],
    live: liveness.value.live,
    landmarks: primary.landmarks.flatMap((point) => [point.x, point.y]),
    vector: [...template.value.vector],
  };
}

let seen: Golden;
let wanted: Golden;
before(async () => {
  const models = await loadModels(MODELS_FOLDER);
  const picture = await drawnPicture(SEED, { headFraction: 0.4, tilt: 7, x: 0.46 });
  seen = readOff(await measure(picture, { models, purpose: "enrol", gates: DEFAULT_GATES }));
  // After a change that is meant to move the numbers: SAMEFACE_WRITE_GOLDEN=1, and say in the commit why they moved.
  if (process.env["SAMEFACE_WRITE_GOLDEN"] === "1") writeFileSync(FILE, JSON.stringify(seen));
  wanted = JSON.parse(readFileSync(FILE, "utf8")) as Golden;
});

/** The largest difference; relative to the size of the number where that is over 1. */
function worst(a: readonly number[], b: readonly number[]): number {
  assert.equal(a.length, b.length);
  return Math.max(...a.map((value, i) => Math.abs(value - (b[i] ?? Number.NaN)) / Math.max(1, Math.abs(value))));
}

describe("the golden drawn face", () => {
  it("has the template that was pinned, to 1e-5", () => {
    assert.equal(seen.embedderId, wanted.embedderId);
    assert.equal(wanted.vector.length, 512);
    assert.ok(worst(seen.vector, wanted.vector) <= TOLERANCE, String(worst(seen.vector, wanted.vector)));
  });

  it("has the box, score and landmarks that were pinned, to 1e-5", () => {
    const numbers = ({ box, detectorScore, interocularPx, landmarks }: Golden) => [
      ...box,
      detectorScore,
      interocularPx,
      ...landmarks,
    ];
    assert.ok(worst(numbers(seen), numbers(wanted)) <= TOLERANCE, String(worst(numbers(seen), numbers(wanted))));
  });

  it("has the liveness and the pose that were pinned, to 1e-5", () => {
    const numbers = ({ live, pose }: Golden) => [live, ...pose];
    assert.ok(worst(numbers(seen), numbers(wanted)) <= TOLERANCE, String(worst(numbers(seen), numbers(wanted))));
  });
});
