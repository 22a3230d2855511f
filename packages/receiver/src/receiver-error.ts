/** What can be wrong with a receiver's own set-up, or must be told to its owner. */
export type ReceiverErrorCode =
  | "badOption"
  | "handlerTwice"
  /** An id came again with another body, and no `onConflict` was there to take it. */
  | "conflict"
  /** A body that can't be read was acknowledged, see source `incode`. */
  | "unreadable"
  /** The server could not be asked whether an authentication is its own. */
  | "confirmFailed"
  /** The store in memory has no room, see `maxEntries`. */
  | "storeFull";

/** A fault of the program that uses the receiver; what a sender does is a value in the reply. */
export class ReceiverError extends Error {
  readonly code: ReceiverErrorCode;

  constructor(code: ReceiverErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "ReceiverError";
    this.code = code;
  }
}
