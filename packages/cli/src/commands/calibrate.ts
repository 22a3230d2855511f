import { resolve } from "node:path";
import { createEngine } from "@sameface/engine";
import { MATCH_THRESHOLDS } from "@sameface/server";
import { Command } from "commander";
import { CliError } from "../cli-error.ts";
import type { CommandContext, CommandRunner } from "../command-context.ts";
import { RESAMPLING } from "../evaluate/bootstrap.ts";
import { type Calibration, calibrate } from "../evaluate/calibration.ts";
import { pairsOf } from "../evaluate/matching.ts";
import { measurePictures } from "../evaluate/measure-pictures.ts";
import { readPeople } from "../evaluate/read-people.ts";
import { rateWith } from "../evaluate/report-page.ts";
import { EXIT, type ExitCode } from "../exit-codes.ts";

/** `sameface calibrate`: the match threshold that an operator's own pictures support; no server needed. */
export function calibrateCommand(runner: CommandRunner): Command {
  return new Command("calibrate")
    .description("find the match threshold for your own pictures; exit code 1 when they are too few for the rate")
    .argument("<folder>", "a folder for each person, with two or more pictures each; or pictures with labels.csv")
    .option("--fmr <rate>", "false match rate that must not be exceeded", "0.001")
    .addHelpText("after", "\nExample:\n  sameface calibrate ./people --fmr 0.001")
    .action((folder: string, options: { readonly fmr: string }, command: Command) =>
      runner.run(command, (context) => run(context, { folder: resolve(folder), targetFmr: rateOf(options.fmr) })),
    );
}

function rateOf(text: string): number {
  const rate = Number(text);
  if (rate > 0 && rate < 1) return rate;
  throw new CliError("usage", `--fmr takes a rate between 0 and 1, for example 0.001, not "${text}"`);
}

async function run(
  context: CommandContext,
  { folder, targetFmr }: { readonly folder: string; readonly targetFmr: number },
): Promise<ExitCode> {
  const pictures = await readPeople(folder);
  const engine = await createEngine();
  try {
    const paths = pictures.map(({ path }) => path);
    const progress = (done: number, all: number): void => {
      if (done % 50 === 0 || done === all) context.terminal.err(`${done} of ${all} pictures`);
    };
    const { byPath } = await measurePictures(paths, { folder, engine, progress });
    // What a gate turns away is never compared in operation either.
    const judged = pictures.filter(({ path }) => byPath.get(path)?.problems.length === 0);
    const calibration = calibrate(pairsOf(judged, byPath), {
      targetFmr,
      named: Object.values(MATCH_THRESHOLDS),
      resampling: RESAMPLING,
    });
    const { embedderId } = engine.describe();
    const turnedAway = pictures.length - judged.length;
    context.print({ embedderId, turnedAway, ...calibration }, summary(calibration, turnedAway));
    return calibration.threshold === null ? EXIT.no : EXIT.done;
  } finally {
    await engine.close();
  }
}

function summary(calibration: Calibration, turnedAway: number): readonly string[] {
  const { people, genuine, impostors, threshold, targetFmr } = calibration;
  return [
    `${people} people, ${genuine} genuine pairs, ${impostors} impostor pairs; ${turnedAway} pictures were turned away`,
    ...calibration.rows.map(
      (row) =>
        `  ${row.threshold.toFixed(2)}: FMR ${rateWith(row.fmr, row.intervals.fmr)}, at most ${rateWith(row.fmrBound, null)}; FNMR ${rateWith(row.fnmr, row.intervals.fnmr)}`,
    ),
    threshold === null
      ? `no threshold: ${targetFmr} takes at least ${calibration.impostorsNeeded} impostor pairs with none wrong`
      : `threshold ${threshold.toFixed(2)} (PUT /v1/policy {"thresholds": {"match": ${threshold}}})`,
  ];
}
