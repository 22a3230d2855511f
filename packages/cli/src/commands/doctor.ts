import { loadConfig } from "@sameface/server";
import { Command } from "commander";
import type { CommandContext, CommandRunner } from "../command-context.ts";
import { checkClock } from "../doctor/check-clock.ts";
import { checkDatabase, checkDataFolder, checkPostgres } from "../doctor/check-data.ts";
import { checkEngine } from "../doctor/check-engine.ts";
import { checkNode } from "../doctor/check-node.ts";
import { checkPort } from "../doctor/check-port.ts";
import { type Finding, ill, well } from "../doctor/finding.ts";
import { EXIT, type ExitCode } from "../exit-codes.ts";

/** `sameface doctor`: what a server needs, each with the mend; exit code 1 when something is wrong. */
export function doctorCommand(runner: CommandRunner): Command {
  return new Command("doctor")
    .description("check Node, settings, models, data folder, database, clock, port and engine isolation")
    .addHelpText("after", "\nExample:\n  sameface doctor")
    .action((_options: object, command: Command) => runner.run(command, doctor));
}

async function doctor(context: CommandContext): Promise<ExitCode> {
  const findings = await examine(context);
  context.print(
    { findings },
    findings.flatMap(({ name, ok, detail, mend }) => [
      `${ok ? "ok  " : "FAIL"} ${name}: ${detail}`,
      ...(mend === null ? [] : [`     ${mend}`]),
    ]),
  );
  return findings.every((finding) => finding.ok) ? EXIT.done : EXIT.no;
}

async function examine({ terminal }: CommandContext): Promise<readonly Finding[]> {
  const read = await loadConfig({ env: terminal.env, folder: process.cwd() });
  const always = [checkNode(process.versions.node), checkClock(Date.now())];
  if (!read.ok)
    return [...always, ill("settings", read.line, "See docs/reference/config.md."), ...(await checkEngine())];
  const { config } = read;
  return [
    ...always,
    well("settings", `data in ${config.data}`),
    await checkDataFolder(config.data),
    config.databaseUrl === undefined ? await checkDatabase(config.data) : await checkPostgres(config.databaseUrl),
    await checkPort(config),
    ...(await checkEngine()),
  ];
}
