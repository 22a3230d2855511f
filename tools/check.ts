// npm run check: every static check and the unit tests. `--without NAME` leaves a step out, `--only NAME` keeps one.
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { spawned } from "./spawned.ts";
import { STEPS, type Step } from "./steps.ts";
import { closingLine } from "./tally.ts";

interface Result {
  readonly ok: boolean;
  readonly text: string;
}

/** What a good step has to say in one line: the last that it printed. */
function lastLine(output: string): string {
  return output.trimEnd().split("\n").at(-1)?.slice(0, 100) ?? "";
}

async function runStep(step: Step): Promise<Result> {
  let text = "";
  let ms = 0;
  let ok = true;
  let said = "";
  for (const command of step.commands) {
    const done = await spawned(command);
    ms += done.ms;
    said = lastLine(done.output);
    if (done.code === 0) continue;
    ok = false;
    text += `\n$ ${command.join(" ")}\n${done.output.trimEnd()}\n`;
  }
  const head = `${ok ? "ok    " : "FAILED"} ${step.name.padEnd(10)} ${(ms / 1000).toFixed(1).padStart(6)} s`;
  return { ok, text: ok ? `${head}  ${said}\n` : `${head}${text}\n` };
}

/** Runs up to one step a core at a time, tells them in their order. */
async function runSteps(steps: readonly Step[]): Promise<Result[]> {
  const waiting = steps.map((step, index) => ({ step, index }));
  const results: Result[] = [];
  let told = 0;
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      results[next.index] = await runStep(next.step);
      for (let result = results[told]; result !== undefined; result = results[told]) {
        process.stdout.write(result.text);
        told += 1;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(2, availableParallelism()) }, work));
  return results;
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      without: { type: "string", multiple: true, default: [] },
      only: { type: "string", multiple: true, default: [] },
    },
  });
  const unknown = [...values.without, ...values.only].filter((name) => !STEPS.some((step) => step.name === name));
  if (unknown.length > 0) {
    process.stderr.write(`no step "${unknown.join('", "')}": ${STEPS.map((step) => step.name).join(", ")}\n`);
    return 2;
  }
  const steps = STEPS.filter(
    (step) =>
      !values.without.includes(step.name) &&
      (values.only.length === 0 ? step.onRequest !== true : values.only.includes(step.name)),
  );
  const results = await runSteps(steps);
  const passed = results.filter((result) => result.ok).length;
  process.stdout.write(`${closingLine({ passed, failed: results.length - passed, skipped: 0 })}\n`);
  return passed === results.length ? 0 : 1;
}

process.exitCode = await main();
