/** What can be wrong with a store; `busy` and `unavailable` pass, the others need a person. */
export type StoreErrorCode =
  | "unavailable"
  | "busy"
  | "full"
  | "folderInUse"
  | "migrationFailed"
  | "invalidCursor"
  /** The tenant has as many of something as it may have: nothing was written. */
  | "quotaReached"
  /** A row of this id stands already, or the row that it refers to does not. */
  | "conflict"
  | "closed";

/** A fault of the store. Expected answers (no such row) are values, never this. */
export class StoreError extends Error {
  readonly code: StoreErrorCode;

  constructor(code: StoreErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "StoreError";
    this.code = code;
  }
}
