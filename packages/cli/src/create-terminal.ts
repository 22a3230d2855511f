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
