// A worker of the training: draws the persons of some seeds and has the engine's models look at them.
import { parentPort, workerData } from "node:worker_threads";
import { loadModels } from "../src/fixtures/load-models.ts";
import { MODELS_FOLDER } from "../src/fixtures/pictures.ts";
import type { CheckName } from "../src/inspection.ts";
import { drawPictures } from "./drawing/draw-picture.ts";
import { createRandom } from "./drawing/random.ts";
import { look } from "./look.ts";
import { WARDROBE } from "./wardrobe.ts";

/** What a worker is told. */
export interface DrawOrder {
  readonly seeds: readonly number[];
}

/** What it tells of one picture; what the engine did not find is not told. */
export interface DrawnSample {
  readonly seed: number;
  readonly worn: Readonly<Record<CheckName, boolean>>;
  readonly looks: Readonly<Record<CheckName, Float32Array>>;
}

/** Draws and looks, one person after the other. */
export async function drawSamples({ seeds }: DrawOrder): Promise<readonly DrawnSample[]> {
  const models = await loadModels(MODELS_FOLDER, { heads: false });
  const samples: DrawnSample[] = [];
  for (const seed of seeds) {
    const { pictures, eyes } = await drawPictures(seed, WARDROBE);
    const random = createRandom(seed * 7 + 7);
    for (const [i, worn] of WARDROBE.entries()) {
      const picture = pictures[i];
      const looks = picture === undefined ? null : await look(picture, { models, drawn: { eyes, random } });
      if (looks !== null) samples.push({ seed, worn, looks });
    }
  }
  return samples;
}

if (parentPort !== null) parentPort.postMessage(await drawSamples(workerData as DrawOrder));
