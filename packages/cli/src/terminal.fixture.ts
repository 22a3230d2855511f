import type { Terminal } from "./terminal.ts";

/** A terminal that keeps what was printed. */
export interface KeptTerminal extends Terminal {
  readonly lines: string[];
  readonly errors: string[];
  /** As if the user pressed it. */
  press(key: string): void;
  readonly progressLines: string[];
  stopNow(): void;
}

/** With this environment and nothing else. */
export function keptTerminal(env: Readonly<Record<string, string>> = {}): KeptTerminal {
  const lines: string[] = [];
  const errors: string[] = [];
  const progressLines: string[] = [];
  const stop = new AbortController();
  const listeners = new Set<(key: string) => void>();
  return {
    env,
    lines,
    errors,
    progressLines,
    out: (line) => {
      lines.push(line);
    },
    err: (line) => {
      errors.push(line);
    },
    progress: (line) => {
      progressLines.push(line);
    },
    // Nothing is waited for: the server that is asked again says when it is done.
    pause: async () => {
      await Promise.resolve();
    },
    fetch,
    onKey: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    press: (key) => {
      for (const listener of listeners) listener(key);
    },
    stop: stop.signal,
    stopNow: () => {
      stop.abort();
    },
  };
}
