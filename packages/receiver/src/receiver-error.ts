/** What can be wrong with a receiver's own set-up. */
export type ReceiverErrorCode = "badOption" | "handlerTwice";

/** A fault of the program that uses the receiver; what a sender does is a value in the reply. */
export class ReceiverError extends Error {
  readonly code: ReceiverErrorCode;

  constructor(code: ReceiverErrorCode, message: string) {
    super(message);
    this.name = "ReceiverError";
    this.code = code;
  }
}
