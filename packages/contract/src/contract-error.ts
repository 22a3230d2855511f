/** What a {@link ContractError} is about; stable, to be matched on. */
export type ContractErrorCode =
  /** A symmetric key is missing, lacks `whsec_`, is not canonical base64, or is not 24 to 64 bytes. */
  | "bad_secret"
  /** A public key lacks `whpk_`, is not canonical base64, or is not 32 bytes. */
  | "bad_public_key"
  /** A private key lacks `whsk_`, is not canonical base64, or is not 64 bytes. */
  | "bad_private_key"
  /** An id, a time or a tolerance outside what the signature scheme allows. */
  | "bad_argument"
  /** A notification that breaks the closed rules of what we send. */
  | "bad_notification"
  /** A notification of more than 20,000 bytes. */
  | "too_large"
  /** An address of the API is no URL, or what answered there is not the API. */
  | "not_the_api";

/** The one error of this package: a fault of the caller, never an expected outcome. Callers match `code`. */
export class ContractError extends Error {
  override readonly name = "ContractError";
  readonly code: ContractErrorCode;

  constructor(code: ContractErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
