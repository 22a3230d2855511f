import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";

const REPOSITORY = path.resolve(import.meta.dirname, "../..");

/** A real `sameface serve` process, driven from outside only. */
export interface ServerProcess {
  readonly url: string;
  readonly key: string;
  readonly folder: string;
  readonly process: ChildProcess;
  /** What it printed so far. */
  readonly output: readonly string[];
  /** One JSON call with the admin key. */
  call(path: string, init?: { method?: string; body?: unknown; headers?: Record<string, string> }): Promise<Answer>;
  /** Sends the signal and waits for the exit. */
  stop(signal?: NodeJS.Signals): Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
}

/** Status and parsed JSON of one answer. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
}

/** How to start one. */
export interface ServerProcessOptions {
  readonly folder: string;
  readonly key?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Whose sources run; absent: this checkout's. */
  readonly root?: string;
}

/** Starts the server on a free port and resolves when it says it is ready; rejects with its output when it ends. */
export async function startServerProcess(options: ServerProcessOptions): Promise<ServerProcess> {
  const key = options.key ?? randomBytes(32).toString("hex");
  const { root = REPOSITORY } = options;
  const output: string[] = [];
  const child = spawn(
    process.execPath,
    ["--max-semi-space-size=16", "--conditions=@sameface/source", path.join(root, "packages/cli/src/main.ts"), "serve"],
    {
      cwd: root,
      env: {
        PATH: process.env["PATH"] ?? "",
        // What the lane compiled for all.
        NODE_COMPILE_CACHE: process.env["NODE_COMPILE_CACHE"],
        SAMEFACE_PORT: "0",
        SAMEFACE_DATA: options.folder,
        SAMEFACE_ADMIN_KEY: key,
        SAMEFACE_ALLOWED_PRIVATE_NETWORKS: "127.0.0.0/8",
        SAMEFACE_ENGINE_PROCESSES: "1",
        ...options.env,
      },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  const url = await readyUrl(child, output);
  return {
    url,
    key,
    folder: options.folder,
    process: child,
    output,
    call: (target, init = {}) => call(new URL(target, url), key, init),
    async stop(signal = "SIGTERM") {
      if (child.exitCode !== null || child.signalCode !== null)
        return { code: child.exitCode, signal: child.signalCode };
      const exited = once(child, "exit") as Promise<[number | null, NodeJS.Signals | null]>;
      child.kill(signal);
      const [code, ended] = await exited;
      return { code, signal: ended };
    },
  };
}

/** A folder that is gone after the test. */
export async function temporaryFolder(): Promise<{ path: string; [Symbol.asyncDispose](): Promise<void> }> {
  const parent = await mkdtemp(path.join(tmpdir(), "sameface-test-"));
  return {
    // One level down: the master key file is made beside the data folder.
    path: path.join(parent, "data"),
    async [Symbol.asyncDispose]() {
      await rm(parent, { recursive: true, force: true });
    },
  };
}

async function readyUrl(child: ChildProcess, output: string[]): Promise<string> {
  return await new Promise((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      if (stream === null) continue;
      createInterface({ input: stream }).on("line", (line) => {
        output.push(line);
        const url = /http:\/\/[\d.]+:\d+/.exec(line)?.[0];
        if (url !== undefined && line.includes("ready")) resolve(url);
      });
    }
    child.once("exit", (code) => {
      reject(new Error(`The server ended with ${code}:\n${output.join("\n")}`));
    });
  });
}

async function call(
  url: URL,
  key: string,
  init: { method?: string; body?: unknown; headers?: Record<string, string> },
): Promise<Answer> {
  const response = await fetch(url, {
    method: init.method ?? "GET",
    headers: {
      authorization: `Bearer ${key}`,
      ...(init.body === undefined ? {} : { "content-type": "application/json" }),
      ...init.headers,
    },
    ...(init.body === undefined ? {} : { body: JSON.stringify(init.body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: text === "" ? {} : (JSON.parse(text) as Record<string, unknown>),
  };
}
