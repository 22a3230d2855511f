import { once } from "node:events";
import { pageFolder } from "@sameface/dashboard";
import { loadConfig, startServer } from "@sameface/server";
import { CliError } from "./cli-error.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import type { Terminal } from "./terminal.ts";

const PARENT_CHECK_MS = 250;

/** Starts the server, says where it is, and stops it when the terminal asks for it. */
export async function serve(terminal: Terminal): Promise<ExitCode> {
  const read = await loadConfig({ env: terminal.env, folder: process.cwd() });
  if (!read.ok) throw new CliError("refused", read.line);
  const server = await startServer({ config: read.config, pages: pageFolder() });
  terminal.out(`sameface is ready on ${server.url}`);
  terminal.out(`Data: ${read.config.data}`);
  for (const notice of server.notices) terminal.err(notice);
  if (server.adminKey !== null) terminal.out(`Admin key (shown this once): ${server.adminKey}`);
  const forgetParent = endWithNpm(terminal);
  if (!terminal.stop.aborted) await once(terminal.stop, "abort");
  terminal.out("Stopping …");
  await server.close();
  forgetParent();
  return EXIT.done;
}

/**
 * `npm start` that is killed hard leaves its child running, out of sight and with the port and the data folder. So a
 * server that npm started ends when npm is gone, as hard: what is acknowledged is on disk.
 */
function endWithNpm({ env }: Terminal): () => void {
  if (env["npm_lifecycle_event"] === undefined) return () => undefined;
  const npm = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid !== npm) process.exit(EXIT.refused);
  }, PARENT_CHECK_MS);
  return () => {
    clearInterval(watch);
  };
}
