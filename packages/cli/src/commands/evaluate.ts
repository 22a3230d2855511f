import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { createEngine, readModelRows } from "@sameface/engine";
import { DEFAULT_POLICY, MATCH_THRESHOLDS, matchThresholdOf } from "@sameface/server";
import { Command } from "commander";
import { CliError } from "../cli-error.ts";
import type { CommandContext, CommandRunner } from "../command-context.ts";
import { RESAMPLING } from "../evaluate/bootstrap.ts";
import { type DetCurve, detCsv, detSvg } from "../evaluate/det-plot.ts";
import { readProvenance } from "../evaluate/machine.ts";
import { makeReport, type Report } from "../evaluate/make-report.ts";
import { measurePictures } from "../evaluate/measure-pictures.ts";
import { readLabels } from "../evaluate/read-labels.ts";
import { rateWith, reportPage } from "../evaluate/report-page.ts";
import { differences, storedFigures } from "../evaluate/stored-figures.ts";
import { EXIT, type ExitCode } from "../exit-codes.ts";

// T3: from here on the groups are treated too differently for the whole to be called accurate.
const MAX_GROUP_RATIO = 2;

/** `sameface evaluate`: how accurate the engine is on a folder of labelled pictures; no server needed. */
export function evaluateCommand(runner: CommandRunner): Command {
  return new Command("evaluate")
    .description("report accuracy over a folder with labels.csv: JSON, DET as CSV and SVG, a page; no server needed")
    .argument("<folder>", "holds labels.csv (columns path,task,label,identity,session,source,note) and the pictures")
    .option("--out <folder>", "where the report is written", "evaluation")
    .option("--check <file>", "a stored figures.json: exit code 1 when a figure or a hash differs from it")
    .option("--models <file>", "a JSON file with rows of the model table: judge your own models")
    .addHelpText("after", "\nExample:\n  sameface evaluate ./faces --json > report.json")
    .action((folder: string, options: Options, command: Command) =>
      runner.run(command, (context) =>
        evaluate(context, { ...options, folder: resolve(folder), out: resolve(options.out) }),
      ),
    );
}

interface Options {
  readonly out: string;
  readonly check?: string;
  readonly models?: string;
}

async function evaluate(
  context: CommandContext,
  { folder, out, check, models }: Options & { readonly folder: string },
): Promise<ExitCode> {
  const pictures = await readLabels(folder);
  const stored = check === undefined ? null : await readStored(check);
  // One process: the times are those of one core, and of one picture at a time.
  const engine = await createEngine({
    processes: 1,
    models: models === undefined ? {} : await readModelRows(resolve(models)),
  });
  try {
    const measured = await measurePictures(
      pictures.map(({ path }) => path),
      {
        folder,
        engine,
        progress: (done, all) => {
          if (done % 50 === 0 || done === all) context.terminal.err(`${done} of ${all} pictures`);
        },
      },
    );
    const { report, curves } = makeReport({
      pictures,
      measured,
      engine: engine.describe(),
      thresholds: {
        match: matchThresholdOf(DEFAULT_POLICY),
        live: DEFAULT_POLICY.liveness.threshold,
        named: Object.values(MATCH_THRESHOLDS),
      },
      provenance: await readProvenance(),
      resampling: RESAMPLING,
    });
    await writeReport(out, { report, curves });
    context.print(report, [...summary(report), `report: ${join(out, "index.html")}`]);
    return judge(context, { report, stored });
  } finally {
    await engine.close();
  }
}

async function readStored(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, "utf8"));
  } catch (cause) {
    throw new CliError("usage", `${file} cannot be read as the stored figures of an evaluation`, { cause });
  }
}

/** No: a group is treated too differently, or a figure or hash is not the stored one. */
function judge(
  { terminal }: CommandContext,
  { report, stored }: { readonly report: Report; readonly stored: unknown },
): ExitCode {
  const changes = stored === null ? [] : differences(stored, { now: storedFigures(report) });
  for (const change of changes) terminal.err(`differs from the stored evaluation: ${change}`);
  const ratio = report.groups.worstToBestFnmr ?? 0;
  if (ratio > MAX_GROUP_RATIO) terminal.err(`one group is missed ${ratio.toFixed(1)} times as often as another`);
  return changes.length > 0 || ratio > MAX_GROUP_RATIO ? EXIT.no : EXIT.done;
}

async function writeReport(
  out: string,
  { report, curves }: { readonly report: Report; readonly curves: readonly DetCurve[] },
): Promise<void> {
  await mkdir(out, { recursive: true });
  await writeFile(join(out, "report.json"), `${JSON.stringify(report, null, 2)}\n`);
  await writeFile(join(out, "figures.json"), `${JSON.stringify(storedFigures(report), null, 2)}\n`);
  await writeFile(join(out, "det.csv"), detCsv(curves));
  await writeFile(join(out, "det.svg"), detSvg(curves));
  await writeFile(join(out, "index.html"), reportPage(report, curves));
}

function summary({ matching, spoof, checks, threshold, data, latencyMs }: Report): readonly string[] {
  const rows = matching.sets.find((set) => set.threshold === threshold)?.rows ?? [];
  return [
    `${data.images} pictures, ${data.subjects} named people`,
    `at ${threshold}, worst set first:`,
    ...rows.map(
      (row) =>
        `  ${row.name}: FMR ${rateWith(row.fmr, row.intervals.fmr)}, FNMR ${rateWith(row.fnmr, row.intervals.fnmr)}`,
    ),
    `EER ${rateWith(matching.eer, matching.intervals.eer)}`,
    ...Object.entries(matching.tarAtFar).map(([far, rate]) => `TAR at FAR ${far}: ${rateWith(rate, null)}`),
    `no template: ${rateWith(matching.fta, null)}, turned away by a gate: ${rateWith(matching.refusedByGates.rate, null)}`,
    ...Object.entries(spoof.apcer).map(([species, rate]) => `APCER ${species}: ${rateWith(rate, null)}`),
    `BPCER ${rateWith(spoof.bpcer, null)}; not tested: ${spoof.notTested.join(", ")}`,
    ...Object.entries(checks).map(
      ([name, row]) => `${name}: found ${rateWith(row.tpr, null)}, false alarms ${rateWith(row.fpr, null)}`,
    ),
    `one picture: p50 ${latencyMs.p50?.toFixed(0) ?? "–"} ms, p95 ${latencyMs.p95?.toFixed(0) ?? "–"} ms`,
  ];
}
