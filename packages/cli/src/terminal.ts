/** The world as a command sees it; handed in, so that a test reads what was printed. */
export interface Terminal {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Results; with `--json` nothing else. */
  out(line: string): void;
  /** Progress and errors. */
  err(line: string): void;
  readonly fetch: typeof fetch;
  /** Aborts when the user asked to stop (Ctrl-C, SIGTERM). */
  readonly stop: AbortSignal;
}
