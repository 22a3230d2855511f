import { VERSION } from "@sameface/server";
import { Command, CommanderError } from "commander";
import { CliError } from "./cli-error.ts";
import { createCommandRunner } from "./command-context.ts";
import { auditCommand } from "./commands/audit.ts";
import { authenticateCommand } from "./commands/authenticate.ts";
import { backupCommand } from "./commands/backup.ts";
import { calibrateCommand } from "./commands/calibrate.ts";
import { certifyCommand } from "./commands/certify.ts";
import { customersCommand } from "./commands/customers.ts";
import { demoCommand } from "./commands/demo.ts";
import { doctorCommand } from "./commands/doctor.ts";
import { endpointsCommand } from "./commands/endpoints.ts";
import { evaluateCommand } from "./commands/evaluate.ts";
import { exportCommand } from "./commands/export.ts";
import { inspectCommand } from "./commands/inspect.ts";
import { keysCommand } from "./commands/keys.ts";
import { listenCommand } from "./commands/listen.ts";
import { migrateCommand } from "./commands/migrate.ts";
import { migrateStoreCommand } from "./commands/migrate-store.ts";
import { policyCommand } from "./commands/policy.ts";
import { replayCommand } from "./commands/replay.ts";
import { restoreCommand } from "./commands/restore.ts";
import { serveCommand } from "./commands/serve.ts";
import { tenantsCommand } from "./commands/tenants.ts";
import { triggerCommand } from "./commands/trigger.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import type { Terminal } from "./terminal.ts";

/** Every command, in the order of `--help`. */
const COMMANDS = [
  serveCommand,
  demoCommand,
  customersCommand,
  exportCommand,
  authenticateCommand,
  endpointsCommand,
  keysCommand,
  policyCommand,
  tenantsCommand,
  listenCommand,
  auditCommand,
  triggerCommand,
  certifyCommand,
  replayCommand,
  inspectCommand,
  evaluateCommand,
  calibrateCommand,
  doctorCommand,
  backupCommand,
  restoreCommand,
  migrateStoreCommand,
  migrateCommand,
] as const;

/** Runs one command line; answers the exit code and never throws. */
export async function runProgram(terminal: Terminal, args: readonly string[]): Promise<ExitCode> {
  const runner = createCommandRunner(terminal);
  const program = new Command("sameface")
    .description("Self-hosted 1:1 face authentication whose every outcome is delivered as a webhook")
    .version(VERSION)
    .option("--json", "print results as JSON lines")
    .option("--url <url>", "the server (SAMEFACE_URL; default http://127.0.0.1:8080)")
    .option("--key <key>", "an API key (SAMEFACE_KEY, else SAMEFACE_ADMIN_KEY)")
    .addHelpText("after", "\nExit codes: 0 done, 1 the answer is no, 2 wrong usage, 3 no server, 4 refused");
  for (const make of COMMANDS) program.addCommand(make(runner));
  settle(program, terminal);
  try {
    await program.parseAsync(args, { from: "user" });
    return runner.exitCode;
  } catch (error) {
    return explain(terminal, error);
  }
}

/** Each command answers by exceptions instead of ending the process, and prints to the terminal handed in. */
function settle(command: Command, terminal: Terminal): void {
  command.exitOverride().configureOutput({
    writeOut: (text) => {
      terminal.out(text.trimEnd());
    },
    writeErr: (text) => {
      terminal.err(text.trimEnd());
    },
  });
  for (const child of command.commands) settle(child, terminal);
}

function explain(terminal: Terminal, error: unknown): ExitCode {
  // Commander has printed its own message; help that was asked for is no error.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
  if (error instanceof CliError) {
    terminal.err(error.message);
    return error.exitCode;
  }
  terminal.err(error instanceof Error ? error.message : String(error));
  return EXIT.refused;
}
