/**
 * `invalidSetting`: a setting stops the start; `portInUse`; `startFailed`: anything else before the address answers;
 * `backupFailed`: nothing was backed up or put back; `moveFailed`: nothing was moved; `policyUnreadable`, `answerBroken`: faults while serving, answered
 * as 500 without their text.
 */
export type ServerErrorCode =
  | "invalidSetting"
  | "portInUse"
  | "startFailed"
  | "backupFailed"
  | "moveFailed"
  | "migrationFailed"
  | "policyUnreadable"
  | "answerBroken";

/** A fault of the server; the message is one line for the operator and holds no secret. */
export class ServerError extends Error {
  readonly code: ServerErrorCode;

  constructor(code: ServerErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "ServerError";
    this.code = code;
  }
}
