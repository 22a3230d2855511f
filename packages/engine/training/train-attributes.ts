// npm run train-attributes               draws faces, trains the heads of the capture checks on them, writes `heads/`
// npm run train-attributes -- --check    the same, but only compares with what is in `heads/`
// npm run train-attributes -- --report   figures of the heads in `heads/` on the development photographs, out of fold
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { loadModels } from "../src/fixtures/load-models.ts";
import { CHECK_NAMES } from "../src/inspection.ts";
import { drawAll } from "./draw-all.ts";
import { readHeadFile, relativeDistance, writeHeadFile } from "./head-files.ts";
import { lookAtPhotographs, scorePhotographs } from "./photographs.ts";
import { PERSONS, TOLERANCE } from "./recipe.ts";
import { reportHead } from "./report-heads.ts";
import { rightShare, trainAll } from "./train-all.ts";

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};
const secondsSince = (startedAtMs: number): string => `${((performance.now() - startedAtMs) / 1000).toFixed(0)} s`;

async function train({ check }: { readonly check: boolean }): Promise<number> {
  const startedAtMs = performance.now();
  const samples = await drawAll(Array.from({ length: PERSONS }, (_, seed) => seed));
  say(`${PERSONS} persons, ${samples.length} pictures with a face, ${secondsSince(startedAtMs)}`);
  const weights = trainAll(samples);
  let differ = 0;
  for (const name of CHECK_NAMES) {
    say(`${name}: right on ${(100 * rightShare(name, { weights, samples })).toFixed(1)} % of its own drawings`);
    if (check) {
      const distance = relativeDistance(readHeadFile(name), weights[name]);
      if (!(distance <= TOLERANCE)) differ += 1;
      say(`  differs from the kept weights by ${distance.toExponential(1)}, at most ${TOLERANCE} is allowed`);
    } else {
      const { bytes, sha256 } = writeHeadFile(name, weights[name]);
      say(`  ${bytes} bytes, sha256 ${sha256}`);
    }
  }
  say(`${secondsSince(startedAtMs)} in all`);
  return differ;
}

async function report(): Promise<void> {
  const models = await loadModels(fileURLToPath(new URL("../models", import.meta.url)), { heads: false });
  const looks = await lookAtPhotographs(models);
  for (const name of CHECK_NAMES) {
    const scored = scorePhotographs(name, { looks, weights: readHeadFile(name) });
    for (const line of reportHead(name, scored)) say(line);
  }
}

const { values } = parseArgs({ options: { check: { type: "boolean" }, report: { type: "boolean" } } });
if (values.report === true) await report();
else process.exitCode = (await train({ check: values.check === true })) === 0 ? 0 : 1;
