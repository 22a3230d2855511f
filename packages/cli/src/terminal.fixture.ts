import type { Terminal } from "./terminal.ts";

/** A terminal that keeps what was printed. */
export interface KeptTerminal extends Terminal {
  readonly lines: string[];
  readonly errors: string[];
  /** As if the user pressed it. */
  press(key: string): void;
  stopNow(): void;
}

/** With this environment and nothing else. */
export function keptTerminal(env: Readonly<Record<string, string>> = {}): KeptTerminal {
  const lines: string[] = [];
  const errors: string[] = [];
  const stop = new AbortController();
  const listeners = new Set<(key: string) => void>();
  return {
    env,
    lines,
    errors,
    out: (line) => {
      lines.push(line);
    },
    err: (line) => {
      errors.push(line);
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
