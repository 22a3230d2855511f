/** What a script learns from a command. @see interface.md, "The `sameface` command" */
export const EXIT = {
  done: 0,
  /** The answer is no, for example not authenticated. */
  no: 1,
  /** Wrong usage: an unknown option, a file that cannot be read. */
  usage: 2,
  /** The server can't be reached. */
  unreachable: 3,
  /** The server, or a rule, refused. */
  refused: 4,
} as const;

/** One of the values of {@link EXIT}. */
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
