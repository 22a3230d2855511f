import type { Terminal } from "./terminal.ts";

/** A terminal that keeps what was printed. */
export interface KeptTerminal extends Terminal {
  readonly lines: string[];
  readonly errors: string[];
  stopNow(): void;
}

/** With this environment and nothing else. */
export function keptTerminal(env: Readonly<Record<string, string>> = {}): KeptTerminal {
  const lines: string[] = [];
  const errors: string[] = [];
  const stop = new AbortController();
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
    stop: stop.signal,
    stopNow: () => {
      stop.abort();
    },
  };
}
