import { ADAPTERS } from "./adapters.ts";
import { type RunningServer, type ServerOptions, startWith } from "./main.ts";

/**
 * Starts the server; it answers when this resolves.
 * @throws {ServerError} `invalidSetting`, `portInUse`, `startFailed`, each with one line for the operator; nothing runs then
 * @example
 * ```ts
 * const read = await loadConfig({ env: process.env, folder: process.cwd() });
 * if (!read.ok) throw new Error(read.line);
 * const server = await startServer({ config: read.config });
 * console.log(server.url);
 * await server.close();
 * ```
 */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  return await startWith(ADAPTERS, options);
}
