// npm test, npm run lane -- NAME. `--coverage` judges coverage too, `--only TEXT` keeps tests whose title holds TEXT,
// further words keep test files whose path holds one of them. `sim --seed N` and `sim --plan FILE` run one story; of the
// lane night the words are parts, as night.ts has them.
import { parseArgs } from "node:util";
import { judgeCoverage } from "./coverage-gate.ts";
import { laneFiles } from "./lane-files.ts";
import { LANES, type Lane, type LaneName, TEST_LANES } from "./lanes.ts";
import { mergeCoverage } from "./merge-coverage.ts";
import { NIGHT_PARTS, type NightPart } from "./night.ts";
import { type FileCoverage, runTests, type Skipped } from "./run-tests.ts";
import { add, closingLine, NOTHING, type Tally } from "./tally.ts";

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
  write(`lane ${name}: ${closingLine(done.tally)}\n`);
  const refused = (late ? 1 : 0) + (CI ? done.skips.length : 0);
  return { tally: add(done.tally, { ...NOTHING, failed: refused }), coverage: done.coverage };
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

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      coverage: { type: "boolean", default: false },
      only: { type: "string" },
      seed: { type: "string" },
      plan: { type: "string" },
    },
  });
  const [name = "test", ...words] = positionals;
  // Of the lane sim; its tests run in processes of their own.
  if (values.seed !== undefined) process.env["SAMEFACE_SIM_SEED"] = values.seed;
  if (values.plan !== undefined) process.env["SAMEFACE_SIM_PLAN"] = values.plan;
  const names = lanesOf(name);
  if (names === null) {
    process.stderr.write(`no lane "${name}": ${["test", ...Object.keys(LANES)].join(", ")}\n`);
    return 2;
  }
  let tally = NOTHING;
  const coverage: FileCoverage[] = [];
  const wanted = { words, coverage: values.coverage, only: values.only };
  if (name === "night") {
    const parts = partsOf(words);
    if (parts === null) return 2;
    for (const part of parts) tally = add(tally, await runPart(part, wanted));
  } else {
    for (const each of names) {
      const done = await runLane(each, LANES[each], wanted);
      tally = add(tally, done.tally);
      coverage.push(...done.coverage);
    }
  }
  if (values.coverage) tally = add(tally, tellCoverage(coverage));
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
