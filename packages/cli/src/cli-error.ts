import { EXIT, type ExitCode } from "./exit-codes.ts";

/** Why a command ends early; every code has its exit code. */
export type CliErrorCode = "usage" | "unreachable" | "refused";

/** A command's fault, told in one line that names the mend. */
export class CliError extends Error {
  readonly code: CliErrorCode;

  constructor(code: CliErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "CliError";
    this.code = code;
  }

  get exitCode(): ExitCode {
    return EXIT[this.code];
  }
}
