import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** A server process that dies where it is told to. */
export interface KilledProcess {
  readonly child: ChildProcess;
  /** Resolves when it is dead, however. */
  readonly dead: Promise<void>;
  /** One call; `null`: it died under it. */
  call(path: string, init?: { method?: string; body?: unknown; key?: string }): Promise<Answer | null>;
  kill(signal: NodeJS.Signals): Promise<void>;
}

/** Status and body of one answer. */
export interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

const ADMIN_KEY = "kill-test-key-kill-test-key-kill-test-key";

/** Starts one; resolves when it is ready, or `null` where it died before. */
export async function startKilled(env: Readonly<Record<string, string>>): Promise<KilledProcess | null> {
  const child = spawn(
    process.execPath,
    ["--conditions=@sameface/source", join(import.meta.dirname, "killed-server.fixture.ts")],
    {
      env: {
        PATH: process.env["PATH"] ?? "",
        // What the lane compiled for all.
        NODE_COMPILE_CACHE: process.env["NODE_COMPILE_CACHE"],
        SAMEFACE_PORT: "0",
        SAMEFACE_ADMIN_KEY: ADMIN_KEY,
        SAMEFACE_ALLOWED_PRIVATE_NETWORKS: "127.0.0.0/8",
        SAMEFACE_RETRY_SCHEDULE: Array.from({ length: 20 }, () => "1").join(","),
        SAMEFACE_LOG_LEVEL: "error",
        ...env,
      },
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  const dead = once(child, "exit").then(() => undefined);
  const ready = new Promise<string>((resolve) => {
    createInterface({ input: child.stdout }).on("line", (line) => {
      const url = /http:\/\/[\d.]+:\d+/.exec(line)?.[0];
      if (url !== undefined) resolve(url);
    });
  });
  const url = await Promise.race([ready, dead]);
  if (url === undefined) return null;
  return {
    child,
    dead,
    call: async (path, init = {}) => await call(new URL(path, url), init),
    kill: async (signal) => {
      child.kill(signal);
      await dead;
    },
  };
}

async function call(url: URL, { method = "GET", body, key }: { method?: string; body?: unknown; key?: string }) {
  try {
    const response = await fetch(url, {
      method,
      headers: {
        authorization: `Bearer ${ADMIN_KEY}`,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...(key === undefined ? {} : { "idempotency-key": key }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: (text === "" ? {} : JSON.parse(text)) as Record<string, unknown> };
  } catch {
    return null;
  }
}
