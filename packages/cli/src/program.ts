import { readFileSync } from "node:fs";
import { Command, CommanderError } from "commander";
import { CliError } from "./cli-error.ts";
import { type CommandRunner, createCommandRunner } from "./command-context.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import type { Terminal } from "./terminal.ts";

type MakeCommand = (runner: CommandRunner) => Command;

/** Every command, in the order of `--help`; loaded when it is named, since some bring the server and the engine. */
const COMMANDS: Readonly<Record<string, () => Promise<MakeCommand>>> = {
  serve: async () => (await import("./commands/serve.ts")).serveCommand,
  demo: async () => (await import("./commands/demo.ts")).demoCommand,
  customers: async () => (await import("./commands/customers.ts")).customersCommand,
  export: async () => (await import("./commands/export.ts")).exportCommand,
  authenticate: async () => (await import("./commands/authenticate.ts")).authenticateCommand,
  endpoints: async () => (await import("./commands/endpoints.ts")).endpointsCommand,
  keys: async () => (await import("./commands/keys.ts")).keysCommand,
  policy: async () => (await import("./commands/policy.ts")).policyCommand,
  tenants: async () => (await import("./commands/tenants.ts")).tenantsCommand,
  listen: async () => (await import("./commands/listen.ts")).listenCommand,
  audit: async () => (await import("./commands/audit.ts")).auditCommand,
  trigger: async () => (await import("./commands/trigger.ts")).triggerCommand,
  certify: async () => (await import("./commands/certify.ts")).certifyCommand,
  replay: async () => (await import("./commands/replay.ts")).replayCommand,
  inspect: async () => (await import("./commands/inspect.ts")).inspectCommand,
  evaluate: async () => (await import("./commands/evaluate.ts")).evaluateCommand,
  calibrate: async () => (await import("./commands/calibrate.ts")).calibrateCommand,
  doctor: async () => (await import("./commands/doctor.ts")).doctorCommand,
  backup: async () => (await import("./commands/backup.ts")).backupCommand,
  restore: async () => (await import("./commands/restore.ts")).restoreCommand,
  "migrate-store": async () => (await import("./commands/migrate-store.ts")).migrateStoreCommand,
  migrate: async () => (await import("./commands/migrate.ts")).migrateCommand,
};

/** Those that the words may mean: all of them where none is named, for the help and for what is misspelt. */
async function commandsFor(args: readonly string[]): Promise<readonly MakeCommand[]> {
  const names = Object.keys(COMMANDS);
  const named = names.filter((name) => args.includes(name));
  const wanted = named.length === 0 ? names : named;
  return await Promise.all(wanted.flatMap((name) => COMMANDS[name]?.() ?? []));
}

/** Of this package; all of them have the same. */
function version(): string {
  const manifest = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as { version: string };
  return manifest.version;
}

/** Runs one command line; answers the exit code and never throws. */
export async function runProgram(terminal: Terminal, args: readonly string[]): Promise<ExitCode> {
  const runner = createCommandRunner(terminal);
  const program = new Command("sameface")
    .description("Self-hosted 1:1 face authentication whose every outcome is delivered as a webhook")
    .version(version())
    .option("--json", "print results as JSON lines")
    .option("--url <url>", "the server (SAMEFACE_URL; default http://127.0.0.1:8080)")
    .option("--key <key>", "an API key (SAMEFACE_KEY, else SAMEFACE_ADMIN_KEY)")
    // A command's own help has what it takes; its row here has room for what it does.
    .configureHelp({ subcommandTerm: (command) => command.name() })
    .addHelpText("after", "\nExit codes: 0 done, 1 the answer is no, 2 wrong usage, 3 no server, 4 refused");
  for (const make of await commandsFor(args)) program.addCommand(make(runner));
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
  for (const child of command.commands) {
    // What the program takes holds for each command, and is looked for there.
    child.configureHelp({ showGlobalOptions: true });
    settle(child, terminal);
  }
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
