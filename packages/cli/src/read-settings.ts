import { type Config, loadConfig } from "@sameface/server";
import { CliError } from "./cli-error.ts";
import type { Terminal } from "./terminal.ts";

/** The settings of the server on this host. @throws {CliError} `refused`, with the setting that is wrong */
export async function readSettings(terminal: Terminal): Promise<Config> {
  const read = await loadConfig({ env: terminal.env, folder: process.cwd() });
  if (!read.ok) throw new CliError("refused", read.line);
  return read.config;
}
