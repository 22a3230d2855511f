/**
 * `tampered`: a tag does not fit, or the context is another; `unknownKey`: sealed under a master key that is not here;
 * `malformed`: not an envelope at all; the others concern the master key itself and stop the start.
 */
export type VaultErrorCode =
  | "tampered"
  | "unknownKey"
  | "malformed"
  | "invalidMasterKey"
  | "masterKeyMissing"
  | "wrongMasterKey";

/** A fault of the vault; its message never holds a key, a plaintext or a context. */
export class VaultError extends Error {
  readonly code: VaultErrorCode;

  constructor(code: VaultErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "VaultError";
    this.code = code;
  }
}
