import type { Command } from "commander";
import { type ApiClient, createApiClient } from "./api-client.ts";
import { CliError } from "./cli-error.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import type { Terminal } from "./terminal.ts";

/** The port of a server that was started with no settings. */
const DEFAULT_URL = "http://127.0.0.1:8080";

/** What every command gets: where to print, whom to ask, how to end. */
export interface CommandContext {
  readonly terminal: Terminal;
  readonly json: boolean;
  /** The server named by --url and --key, or their environment. */
  client(): ApiClient;
  /** The value as one JSON line with `--json`, else the lines for a person. */
  print(value: unknown, lines: readonly string[]): void;
}

/** What a command does; answers the exit code. */
export type Run = (context: CommandContext) => Promise<ExitCode>;

/** Runs commands and keeps the exit code of the one that ran. */
export interface CommandRunner {
  readonly exitCode: ExitCode;
  run(command: Command, run: Run): Promise<void>;
}

/** A runner over one terminal. */
export function createCommandRunner(terminal: Terminal): CommandRunner {
  let exitCode: ExitCode = EXIT.done;
  return {
    get exitCode() {
      return exitCode;
    },
    async run(command, run) {
      exitCode = await run(contextOf(terminal, command.optsWithGlobals()));
    },
  };
}

function contextOf(terminal: Terminal, options: Readonly<Record<string, unknown>>): CommandContext {
  const json = options["json"] === true;
  const text = (name: string, ...variables: string[]): string | undefined => {
    const given = options[name];
    return typeof given === "string"
      ? given
      : variables.map((v) => terminal.env[v]).find((v) => v !== undefined && v !== "");
  };
  return {
    terminal,
    json,
    client: () =>
      createApiClient(terminal, {
        url: serverUrl(text("url", "SAMEFACE_URL") ?? DEFAULT_URL),
        key: text("key", "SAMEFACE_KEY", "SAMEFACE_ADMIN_KEY"),
      }),
    print(value, lines) {
      if (json) terminal.out(JSON.stringify(value));
      else for (const line of lines) terminal.out(line);
    },
  };
}

function serverUrl(url: string): string {
  if (/^https?:\/\//.test(url) && URL.canParse(url)) return url;
  throw new CliError("usage", `"${url}" is no server; name it with --url or SAMEFACE_URL, such as ${DEFAULT_URL}.`);
}
