/**
 * Why the engine as a whole cannot do its work. What is wrong with one picture is never an error: it is a
 * problem in the Inspection.
 */
export type EngineErrorCode =
  | "modelMissing"
  | "modelChanged"
  | "modelExternalData"
  | "modelFailure"
  | "embedderMismatch"
  | "startFailed"
  | "closed";

/**
 * The one error class of this package; callers match `code`, people read `message`. Neither holds picture bytes,
 * vectors or names.
 * @example
 * ```ts
 * if (error instanceof EngineError && error.code === "modelMissing") console.error(error.message);
 * ```
 */
export class EngineError extends Error {
  override readonly name = "EngineError";
  readonly code: EngineErrorCode;

  constructor(code: EngineErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
