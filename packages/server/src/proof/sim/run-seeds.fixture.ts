// A process of its own: node run-seeds.fixture.ts '{"first": 1, "step": 1, "count": 1, "seconds": 60}'. Runs the seeds
// first, first + step, … until `count` were run or the time is up, and prints one JSON object; `plan` names a file to run
// instead. Not under the test runner, which follows every promise: that costs as much as the run itself.
import { readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Plan, planOf } from "./plan.fixture.ts";
import { type Run, runPlan } from "./run-seed.fixture.ts";
import type { SeedsReport, SeedsRequest } from "./seeds-report.fixture.ts";
import { createRig, type Rig } from "./sim-rig.fixture.ts";

/** Runs that a plan is shrunk with, at most. */
const MOST_TRIES = 60;

const [asked = "{}"] = process.argv.slice(2);
const request = JSON.parse(asked) as SeedsRequest;
using rig = await createRig();
process.stdout.write(JSON.stringify(await runAll(request, rig)));

async function runAll(asked: SeedsRequest, rig: Rig): Promise<SeedsReport> {
  const { seconds, plan } = asked;
  const counts: Record<string, number> = {};
  const traces: Record<number, string> = {};
  let failed: SeedsReport["failed"] = null;
  let ran = 0;
  const inTime = (): boolean => performance.now() < seconds * 1_000;
  for (const seed of seedsOf(asked)) {
    if (!inTime() || failed !== null) break;
    const wanted = plan === undefined ? planOf(seed) : (JSON.parse(readFileSync(plan, "utf8")) as Plan);
    const run = await runPlan(wanted, rig);
    for (const [row, n] of Object.entries(run.counts)) counts[row] = (counts[row] ?? 0) + n;
    traces[wanted.seed] = run.trace;
    ran += 1;
    if (run.violations.length > 0) failed = await tell(wanted, run, { rig, isShrunk: asked.shrink !== false });
  }
  const { user, system } = process.cpuUsage();
  return { ran, cpuMs: (user + system) / 1_000, counts, traces, failed };
}

function* seedsOf({ known = [], first, step, count, rest }: SeedsRequest): Iterable<number> {
  yield* known;
  for (let n = 0; n < count; n += 1) yield first + n * step;
  for (let n = 0; n < (rest?.count ?? 0); n += 1) yield (rest?.first ?? 0) + n * step;
}

/** The seed, what broke, and a file with the least of its plan that still breaks it. */
async function tell(
  plan: Plan,
  { violations }: Run,
  { rig, isShrunk }: { readonly rig: Rig; readonly isShrunk: boolean },
): Promise<SeedsReport["failed"]> {
  const fails = async (one: Plan): Promise<boolean> => (await runPlan(one, rig)).violations.length > 0;
  const shrunk = isShrunk ? await shrink(plan, fails) : plan;
  const file = join(tmpdir(), `sameface-sim-${plan.seed}.json`);
  writeFileSync(file, JSON.stringify(shrunk, null, 2));
  return { seed: plan.seed, violations, plan: file, steps: shrunk.steps.length };
}

/** Parts of the plan are left out, halves first, for as long as it still fails. */
async function shrink(plan: Plan, fails: (plan: Plan) => Promise<boolean>): Promise<Plan> {
  let smallest = plan;
  let tries = 0;
  for (let part = Math.ceil(plan.steps.length / 2); part >= 1; part = part === 1 ? 0 : Math.ceil(part / 2)) {
    for (let from = 0; from < smallest.steps.length && tries < MOST_TRIES; ) {
      const steps = smallest.steps.filter((_, n) => n < from || n >= from + part);
      tries += 1;
      if (await fails({ ...smallest, steps })) smallest = { ...smallest, steps };
      else from += part;
    }
  }
  return smallest;
}
