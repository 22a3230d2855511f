import { spawn } from "node:child_process";
import { ROOT } from "./root.ts";

/** What a command printed and how it ended. */
export interface Spawned {
  /** `null`: it could not be started or a signal ended it. */
  readonly code: number | null;
  readonly output: string;
  readonly ms: number;
}

/** Where the local binaries stand, so that a script works without npm in front of it. */
const BIN = `${ROOT}node_modules/.bin`;

/**
 * Runs a command in the root (or `cwd`) and keeps all it prints; `echo` also shows it at once, `separate` keeps of a
 * command that succeeds what it wrote to stdout alone.
 */
export async function spawned(
  command: readonly string[],
  options: {
    readonly cwd?: string;
    readonly env?: NodeJS.ProcessEnv;
    readonly echo?: boolean;
    readonly separate?: boolean;
  } = {},
): Promise<Spawned> {
  const [file = "", ...args] = command;
  const started = performance.now();
  const env = { ...process.env, ...options.env, PATH: `${BIN}:${process.env["PATH"] ?? ""}` };
  const child = spawn(file, args, { cwd: options.cwd ?? ROOT, env, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  let stdout = "";
  const keep = (chunk: string): void => {
    output += chunk;
    if (options.echo === true) process.stdout.write(chunk);
  };
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    stdout += chunk;
    keep(chunk);
  });
  child.stderr.setEncoding("utf8").on("data", keep);
  const code = await new Promise<number | null>((resolve) => {
    child.on("close", resolve);
    child.on("error", (error) => {
      keep(`${error.message}\n`);
      resolve(null);
    });
  });
  return { code, output: options.separate === true && code === 0 ? stdout : output, ms: performance.now() - started };
}
