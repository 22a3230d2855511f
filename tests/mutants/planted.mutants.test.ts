import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import path from "node:path";
import { after, describe, it } from "node:test";
import type { Mutant } from "./mutant.ts";
import { MUTANTS } from "./mutants.ts";
import { makePlantedCopy } from "./planted-copy.ts";

const SEEDS = 300;
const LONGEST_MS = 240_000;
/** `SAMEFACE_TEST_MUTANTS=all npm run lane -- mutate` plants those of the night, too; `M21,S2` those two alone. */
const WANTED = process.env["SAMEFACE_TEST_MUTANTS"] ?? "";
const PLANTED = MUTANTS.filter(({ id, night }) => {
  return WANTED === "" ? night !== true : WANTED === "all" || WANTED.split(",").includes(id);
});
const DATA = path.resolve(import.meta.dirname, "../..", process.env["SAMEFACE_TEST_DATA"] ?? "../shared/data");
// The test runner of this process tells its children to be its own, which run nothing then. And in CI a file that lacks
// something would fail as a whole, and prove nothing.
const ENVIRONMENT = Object.fromEntries([
  ...Object.entries(process.env).filter(([name]) => name !== "NODE_TEST_CONTEXT" && name !== "CI"),
  ["SAMEFACE_TEST_DATA", DATA],
]);
const copy = makePlantedCopy();
after(() => {
  copy[Symbol.dispose]();
});

/** What a process in the copy prints until it ends, or is ended. */
async function run(args: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, ["--conditions=@sameface/source", ...args], {
    cwd: copy.root,
    env: ENVIRONMENT,
    stdio: ["ignore", "pipe", "inherit"],
    timeout: LONGEST_MS,
  });
  const chunks: Buffer[] = [];
  for await (const chunk of child.stdout) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

/** The seed that fails first, of those of two processes; `null`: none does. */
async function failingSeed(): Promise<number | null> {
  const file = "packages/server/src/proof/sim/run-seeds.fixture.ts";
  const request = (first: number) => ({ first, step: 2, count: SEEDS / 2, seconds: LONGEST_MS / 1_000, shrink: false });
  const reports = await Promise.all([1, 2].map(async (first) => await run([file, JSON.stringify(request(first))])));
  const seeds = reports.flatMap((text) => {
    const { failed } = JSON.parse(text) as { readonly failed: { readonly seed: number } | null };
    return failed === null ? [] : [failed.seed];
  });
  return seeds.length === 0 ? null : Math.min(...seeds);
}

/** Whether the test of this title runs and fails. */
async function isRed({ file, title }: { readonly file: string; readonly title: string }, ms: number): Promise<boolean> {
  const pattern = title.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  const only = ["--test-name-pattern", pattern, "--test-reporter", "tap", "--test-timeout", String(ms)];
  const told = await run(["--test", ...only, file]);
  return told.split("\n").some((line) => line.trim().startsWith("not ok") && line.includes(title.slice(0, 40)));
}

async function isFound({ foundBy, night }: Mutant): Promise<boolean> {
  if (foundBy !== "simulation") return await isRed(foundBy, night === true ? LONGEST_MS : 90_000);
  const seed = await failingSeed();
  console.log(`seed ${seed}`);
  return seed !== null;
}

describe("a planted defect", () => {
  for (const mutant of PLANTED) {
    it(`${mutant.id} is found: ${mutant.what}`, async () => {
      const takeOut = copy.plant(mutant.edits);
      try {
        assert.ok(await isFound(mutant), `${mutant.id} survives`);
      } finally {
        takeOut();
      }
    });
  }
});
