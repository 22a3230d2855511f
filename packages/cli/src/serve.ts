import { pageFile } from "@sameface/dashboard";
import { loadConfig, startServer } from "@sameface/server";
import { CliError } from "./cli-error.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import type { Terminal } from "./terminal.ts";

/** Starts the server, says where it is, and stops it when the terminal asks for it. */
export async function serve(terminal: Terminal): Promise<ExitCode> {
  const read = await loadConfig({ env: terminal.env, folder: process.cwd() });
  if (!read.ok) throw new CliError("refused", read.line);
  const server = await startServer({ config: read.config, page: pageFile() });
  terminal.out(`sameface is ready on ${server.url}`);
  terminal.out(`Data: ${read.config.data}`);
  for (const notice of server.notices) terminal.err(notice);
  if (server.adminKey !== null) terminal.out(`Admin key (shown this once): ${server.adminKey}`);
  if (!terminal.stop.aborted) {
    await new Promise<void>((resolve) => {
      terminal.stop.addEventListener("abort", () => {
        resolve();
      });
    });
  }
  terminal.out("Stopping …");
  await server.close();
  return EXIT.done;
}
