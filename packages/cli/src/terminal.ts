/** The world as a command sees it; handed in, so that a test reads what was printed. */
export interface Terminal {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Results; with `--json` nothing else. */
  out(line: string): void;
  /** Progress and errors. */
  err(line: string): void;
  /** Progress in one line that the next one replaces; nothing where standard error is no terminal. Empty: takes it away. */
  progress(line: string): void;
  /** Resolves after so many milliseconds, or as soon as the user asked to stop. */
  pause(ms: number): Promise<void>;
  readonly fetch: typeof fetch;
  /** Calls back for each key, until the answered function is called; `null`: nobody sits at a keyboard. */
  readonly onKey: ((listener: (key: string) => void) => () => void) | null;
  /** Aborts when the user asked to stop (Ctrl-C, SIGTERM). */
  readonly stop: AbortSignal;
}
