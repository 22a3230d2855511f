import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import type { ServerProcess } from "./server-process.ts";

const REPOSITORY = path.resolve(import.meta.dirname, "../..");

/** Shell blocks of a page of `docs/`, in their order. */
export function blocksOf(page: string): readonly string[] {
  const text = readFileSync(path.join(REPOSITORY, "docs", page), "utf8");
  return [...text.matchAll(/^ *```sh\n(.*?)^ *```$/gms)].map((block) => block[1] ?? "");
}

/** Where a block runs. */
export interface BlockPlace {
  readonly server: ServerProcess;
  /** Where files that it writes go. */
  readonly cwd: string;
  /** What the reader has set beside what the README sets. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs a block as its reader does, whose `npx sameface` is that of this repository, and answers what it printed. */
export async function runBlock(block: string, { server, cwd, env = {} }: BlockPlace): Promise<string> {
  const cli = path.join(REPOSITORY, "packages/cli/src/main.ts");
  const npx = `npx() { shift; "${process.execPath}" --conditions=@sameface/source "${cli}" "$@"; }`;
  const { stdout } = await promisify(execFile)("bash", ["-euo", "pipefail", "-c", `${npx}\n${block}`], {
    cwd,
    env: {
      PATH: process.env["PATH"] ?? "",
      URL: server.url,
      AUTH: `Authorization: Bearer ${server.key}`,
      SAMEFACE_URL: server.url,
      SAMEFACE_KEY: server.key,
      ...env,
    },
  });
  return stdout;
}
