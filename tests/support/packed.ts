import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, globSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";

const REPOSITORY = path.resolve(import.meta.dirname, "../..");
const PACKED = path.join(REPOSITORY, ".cache/packages");

/** An empty project somewhere else, which reaches nothing of this repository; gone after the test. */
export interface Project {
  readonly path: string;
  /** Installs as a stranger would, without running anybody's script. */
  install(...what: readonly string[]): Promise<void>;
  /** Runs a command to its end with the project's own Node first on the path. */
  run(command: string, ...args: readonly string[]): Promise<string>;
  /** Starts a command that stays. */
  start(command: string, args: readonly string[], env?: Readonly<Record<string, string>>): Running;
  [Symbol.asyncDispose](): Promise<void>;
}

/** A command that runs until it is stopped. */
export interface Running {
  readonly process: ChildProcess;
  readonly lines: readonly string[];
  /** The first match in a line that was or will be printed; rejects with all lines when the command ends before. */
  printed(pattern: RegExp): Promise<string>;
  stop(): Promise<number | null>;
}

/** The archive of a package, as the last `npm run packages` packed it. */
export function tarball(folder: string): string {
  const name = folder === "cli" ? "sameface" : `sameface-${folder}`;
  const [file] = globSync(path.join(PACKED, `${name}-[0-9]*.tgz`));
  if (file === undefined) throw new Error(`${folder} is not packed: run "npm run packages"`);
  return file;
}

/** Every archive. */
export function tarballs(): string[] {
  return ["contract", "engine", "receiver", "dashboard", "server", "cli"].map(tarball);
}

/** The Node that runs this test, copied, so that the project needs nothing else of the machine but a shell. */
export async function emptyProject(): Promise<Project> {
  const folder = await mkdtemp(path.join(tmpdir(), "sameface-project-"));
  const bin = path.join(folder, "node/bin");
  mkdirSync(bin, { recursive: true });
  copyFileSync(process.execPath, path.join(bin, "node"));
  writeFileSync(path.join(folder, "package.json"), '{ "private": true, "type": "module" }\n');
  const env = { HOME: folder, PATH: `${path.join(folder, "node_modules/.bin")}:${bin}:/usr/bin:/bin` };
  return {
    path: folder,
    async install(...what) {
      const args = ["install", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", ...what];
      // npm is the host's: what it installs is what counts here.
      await promisify(execFile)("npm", args, { cwd: folder, maxBuffer: 1 << 26 });
    },
    async run(command, ...args) {
      const { stdout } = await promisify(execFile)(command, args, { cwd: folder, env, maxBuffer: 1 << 26 });
      return stdout;
    },
    start: (command, args, more = {}) => start(spawn(command, args, { cwd: folder, env: { ...env, ...more } })),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

function start(child: ChildProcess): Running {
  const lines: string[] = [];
  if (child.stdout === null || child.stderr === null) throw new Error("no pipes");
  const out = createInterface({ input: child.stdout });
  const err = createInterface({ input: child.stderr });
  for (const stream of [out, err]) stream.on("line", (line) => lines.push(line));
  const ended = once(child, "close").then(() => {
    throw new Error(`it ended:\n${lines.join("\n")}`);
  });
  ended.catch(() => undefined); // it also ends at `stop`
  return {
    process: child,
    lines,
    async printed(pattern) {
      for (;;) {
        const found = lines.map((line) => pattern.exec(line)?.[0]).find((match) => match !== undefined);
        if (found !== undefined) return found;
        await Promise.race([once(out, "line"), once(err, "line"), ended]);
      }
    },
    async stop() {
      if (child.exitCode === null && child.signalCode === null) {
        const exited = once(child, "exit");
        child.kill();
        await exited;
      }
      return child.exitCode;
    },
  };
}

/** Bytes of all files below a folder. */
export function bytesBelow(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(path.join(entry.parentPath, entry.name)).size, 0);
}
