import { setTimeout } from "node:timers/promises";
import type { Terminal } from "./terminal.ts";

/** The process's own streams, environment and signals. */
export function createTerminal(): Terminal {
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => {
      stop.abort();
    });
  }
  return {
    env: process.env,
    out: (line) => {
      process.stdout.write(`${line}\n`);
    },
    err: (line) => {
      process.stderr.write(`${line}\n`);
    },
    progress: (line) => {
      // Back to the start of the line, and clear what stands there.
      if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${line}`);
    },
    pause: async (ms) => {
      // Ctrl-C ends a wait: that is no fault.
      await setTimeout(ms, undefined, { signal: stop.signal }).catch(() => undefined);
    },
    fetch,
    onKey: process.stdin.isTTY && process.stdout.isTTY ? (listener) => readKeys(listener, stop) : null,
    stop: stop.signal,
  };
}

/** Raw mode hands over Ctrl-C as a key. */
function readKeys(listener: (key: string) => void, stop: AbortController): () => void {
  const { stdin } = process;
  const take = (bytes: Buffer): void => {
    const key = bytes.toString();
    if (key === "\u0003") stop.abort();
    else listener(key);
  };
  stdin.setRawMode(true).on("data", take).resume();
  return () => {
    stdin.setRawMode(false).off("data", take).pause();
  };
}
