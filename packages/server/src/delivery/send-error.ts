import { errors } from "undici";
import type { SendFailure } from "./send-result.ts";

/** A fault on the way to an endpoint, named; it becomes a {@link SendResult} at the border of the sender. */
export class SendError extends Error {
  readonly code: SendFailure;

  constructor(code: SendFailure, options?: ErrorOptions) {
    super(code, options);
    this.name = "SendError";
    this.code = code;
  }
}

const FAILURE_BY_CODE: Readonly<Record<string, SendFailure>> = {
  ECONNREFUSED: "connectionRefused",
  ETIMEDOUT: "connectTimeout",
  EHOSTUNREACH: "unreachable",
  ENETUNREACH: "unreachable",
  EADDRNOTAVAIL: "unreachable",
  ECONNRESET: "connectionLost",
  EPIPE: "connectionLost",
  UND_ERR_SOCKET: "connectionLost",
  UND_ERR_HEADERS_OVERFLOW: "headersTooLarge",
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: "malformedReply",
  CERT_HAS_EXPIRED: "certificateExpired",
  CERT_NOT_YET_VALID: "certificateExpired",
  DEPTH_ZERO_SELF_SIGNED_CERT: "certificateSelfSigned",
  SELF_SIGNED_CERT_IN_CHAIN: "certificateSelfSigned",
  ERR_TLS_CERT_ALTNAME_INVALID: "certificateWrongHost",
  UNABLE_TO_GET_ISSUER_CERT: "certificateUntrusted",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "certificateUntrusted",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "certificateUntrusted",
  CERT_SIGNATURE_FAILURE: "certificateUntrusted",
  CERT_UNTRUSTED: "certificateUntrusted",
  CERT_REVOKED: "certificateUntrusted",
  INVALID_CA: "certificateUntrusted",
  INVALID_PURPOSE: "certificateUntrusted",
};

// undici says these two with the code of a lost connection; the bytes came, but were no reply to a plain POST.
const MALFORMED_MESSAGES: readonly string[] = ["bad response", "bad upgrade"];

/** The one word for whatever a socket, TLS or the HTTP parser threw. */
export function sendFailureOf(error: unknown): SendFailure {
  if (error instanceof SendError) return error.code;
  if (!(error instanceof Error)) return "unexpected";
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  if (error instanceof errors.HTTPParserError || MALFORMED_MESSAGES.includes(error.message)) return "malformedReply";
  if (code.startsWith("ERR_SSL_")) return "tlsFailed";
  return FAILURE_BY_CODE[code] ?? "unexpected";
}
