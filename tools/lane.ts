// npm test, npm run lane -- NAME. `--coverage` judges coverage too, `--only TEXT` keeps tests whose title holds TEXT,
// further words keep test files whose path holds one of them. `sim --seed N` and `sim --plan FILE` run one story, and
// `--commit HASH` beside them, where it failed, is held to what is checked out; of the lane night the words are parts, as
// night.ts has them.
import { execFileSync } from "node:child_process";
import { parseArgs } from "node:util";
import { judgeCoverage } from "./coverage-gate.ts";
import { laneFiles } from "./lane-files.ts";
import { LANES, type Lane, type LaneName, TEST_LANES, TEST_SEEDS } from "./lanes.ts";
import { mergeCoverage } from "./merge-coverage.ts";
import { NIGHT_PARTS, type NightPart } from "./night.ts";
import { ROOT } from "./root.ts";
import { type FileCoverage, runTests, type Skipped } from "./run-tests.ts";
import { add, closingLine, NOTHING, type Tally } from "./tally.ts";

/** Of the lane sim: the one whose stories come of seeds. */
const SEEDS_FILE = "seeds.sim.test.ts";
/** Files whose time is told: a lane that is over its budget begins there. */
const SLOWEST = 5;
/** Lanes whose figures are those of a server as its users start it. */
const MEASURING: readonly string[] = ["load", "night"];
/** Half of what starts a test file, or a server in it, is compiling the same files again; keyed by their content. */
const COMPILED = `${ROOT}.cache/compiled`;
const CI = process.env["CI"] === "true";
const write = (text: string): void => void process.stdout.write(text);

interface Wanted {
  readonly words: readonly string[];
  readonly coverage: boolean;
  readonly only: string | undefined;
}

function tellSkips(skips: readonly Skipped[]): void {
  for (const { file, reason, cases } of skips) write(`skipped ${cases} in ${file}: ${reason}\n`);
  if (CI && skips.length > 0) write("In CI nothing may be skipped.\n");
}

/** Over budget fails only in CI, and only past twice the budget: other people's machines are slower or busy. */
function overBudget(name: string, lane: Lane, ms: number): boolean {
  const minutes = ms / 60_000;
  const far = minutes > 2 * lane.budgetMinutes;
  write(`lane ${name}: ${(ms / 1000).toFixed(1)} s of ${lane.budgetMinutes * 60} s\n`);
  if (far) write(`lane ${name} took more than twice its budget\n`);
  return far && CI;
}

async function runLane(
  name: string,
  lane: Lane,
  wanted: Wanted,
): Promise<{ tally: Tally; coverage: readonly FileCoverage[] }> {
  const all = laneFiles(lane);
  const files =
    wanted.words.length === 0 ? all : all.filter((file) => wanted.words.some((word) => file.includes(word)));
  write(`\nlane ${name}: ${files.length} files\n`);
  if (files.length === 0) return { tally: NOTHING, coverage: [] };
  // Coverage is counted less precisely in what was compiled before.
  if (!wanted.coverage && !MEASURING.includes(name)) process.env["NODE_COMPILE_CACHE"] ??= COMPILED;
  const started = performance.now();
  const done = await runTests(files, {
    concurrency: lane.concurrency,
    timeoutMs: 2 * lane.budgetMinutes * 60_000,
    coverage: wanted.coverage,
    write,
    ...(wanted.only === undefined ? {} : { titlePattern: wanted.only }),
  });
  tellSkips(done.skips);
  const late = overBudget(name, lane, performance.now() - started);
  const slowest = done.times.slice(0, SLOWEST).map(({ file, ms }) => `${file} ${(ms / 1_000).toFixed(1)} s`);
  write(`longest: ${slowest.join(", ")}\n`);
  write(`lane ${name}: ${closingLine(done.tally)}\n`);
  const refused = (late ? 1 : 0) + (CI ? done.skips.length : 0);
  return { tally: add(done.tally, { ...NOTHING, failed: refused }), coverage: done.coverage };
}

/** A seed is a story of its commit: others have changed what it does. */
function tellOtherCommit(wanted: string): void {
  const head = execFileSync("git", ["rev-parse", "HEAD"], { cwd: ROOT, encoding: "utf8" }).trim();
  if (!head.startsWith(wanted)) write(`failed at ${wanted}; checked out is ${head}: it may be another story\n`);
}

function lanesOf(name: string): readonly LaneName[] | null {
  if (name === "test") return TEST_LANES;
  const found = Object.keys(LANES).find((key): key is LaneName => key === name);
  return found === undefined ? null : [found];
}

function partsOf(names: readonly string[]): readonly NightPart[] | null {
  const parts = (names.length === 0 ? Object.keys(NIGHT_PARTS) : names).map((name) => NIGHT_PARTS[name]);
  if (parts.every((part) => part !== undefined)) return parts;
  process.stderr.write(`the night has the parts ${Object.keys(NIGHT_PARTS).join(", ")}\n`);
  return null;
}

async function runPart({ lane, words, minutes, env }: NightPart, wanted: Wanted): Promise<Tally> {
  const before = process.env;
  // Test files run in processes of their own, which have this one's environment.
  process.env = { ...env, ...before };
  const done = await runLane(lane, { ...LANES[lane], budgetMinutes: minutes }, { ...wanted, words });
  process.env = before;
  return done.tally;
}

/** What is asked for: lanes by name, and which of their tests. What the simulation is told goes to its processes. */
function readCommand(): Wanted & { readonly name: string; readonly isStory: boolean } {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      coverage: { type: "boolean", default: false },
      only: { type: "string" },
      seed: { type: "string" },
      plan: { type: "string" },
      commit: { type: "string" },
    },
  });
  const [name = "test", ...words] = positionals;
  const { seed, plan, commit, coverage, only } = values;
  if (seed !== undefined) process.env["SAMEFACE_SIM_SEED"] = seed;
  if (plan !== undefined) process.env["SAMEFACE_SIM_PLAN"] = plan;
  if (commit !== undefined) tellOtherCommit(commit);
  if (name === "test") process.env["SAMEFACE_SIM_SEEDS"] ??= String(TEST_SEEDS);
  return { name, words, coverage, only, isStory: name === "test" || seed !== undefined || plan !== undefined };
}

async function main(): Promise<number> {
  const { name, isStory, ...wanted } = readCommand();
  const names = lanesOf(name);
  if (names === null) {
    process.stderr.write(`no lane "${name}": ${["test", ...Object.keys(LANES)].join(", ")}\n`);
    return 2;
  }
  let tally = NOTHING;
  const coverage: FileCoverage[] = [];
  if (name === "night") {
    const parts = partsOf(wanted.words);
    if (parts === null) return 2;
    for (const part of parts) tally = add(tally, await runPart(part, wanted));
  } else {
    for (const each of names) {
      const words = each === "sim" && isStory && wanted.words.length === 0 ? [SEEDS_FILE] : wanted.words;
      const done = await runLane(each, LANES[each], { ...wanted, words });
      tally = add(tally, done.tally);
      coverage.push(...done.coverage);
    }
  }
  if (wanted.coverage) tally = add(tally, tellCoverage(coverage));
  write(`\n${closingLine(tally)}\n`);
  if (tally.passed + tally.failed + tally.skipped === 0) write("No test ran: that proves nothing.\n");
  return tally.failed === 0 && tally.passed > 0 ? 0 : 1;
}

function tellCoverage(coverage: readonly FileCoverage[]): Tally {
  const { complaints, lines } = judgeCoverage(mergeCoverage(coverage));
  write(`\ncoverage\n${[...lines, ...complaints].map((line) => `  ${line}\n`).join("")}`);
  return { passed: complaints.length === 0 ? 1 : 0, failed: complaints.length, skipped: 0 };
}

process.exitCode = await main();
