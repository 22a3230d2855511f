/** Why an exchange brought no reply; stable words that stand in the attempt log. */
export const SEND_FAILURES = [
  /** The URL breaks the rules that hold now (a setting changed since it was registered). */
  "refusedUrl",
  /** The name has no address, or does not exist. */
  "nameNotFound",
  /** The name server refused or failed. */
  "nameServerFailed",
  /** No answer to the look-up in time. */
  "nameTimeout",
  /** An address, resolved, literal or connected, is one that nothing is sent to (S22). */
  "blockedAddress",
  "connectionRefused",
  "connectTimeout",
  /** No route to host or network. */
  "unreachable",
  "certificateExpired",
  "certificateSelfSigned",
  "certificateWrongHost",
  /** Signed by nobody whom this host trusts, or otherwise not valid. */
  "certificateUntrusted",
  /** The handshake failed: version, cipher, client certificate demanded, not TLS at all. */
  "tlsFailed",
  /** The whole exchange took longer than its one deadline. */
  "timeout",
  /** The connection ended before the reply's headers were complete. */
  "connectionLost",
  /** Status line, headers or framing are not HTTP/1.1. */
  "malformedReply",
  "headersTooLarge",
  /** The sender was stopped; no attempt is counted. */
  "stopped",
  /** The endpoint's secrets or headers could not be opened; nothing was sent. */
  "secretUnreadable",
  /** The token endpoint answered, but gave no token; nothing was sent to the endpoint. */
  "tokenRefused",
  /** The token endpoint could not be asked; nothing was sent to the endpoint. */
  "tokenUnavailable",
  /** A fault that has no word of its own yet. */
  "unexpected",
] as const;
/** One of {@link SEND_FAILURES}. */
export type SendFailure = (typeof SEND_FAILURES)[number];

/** What one attempt brought: a value, never an exception. */
export type SendResult =
  | {
      readonly kind: "replied";
      /** 200…599 */
      readonly status: number;
      /** Whether status and headers satisfy the endpoint's profile. */
      readonly acknowledged: boolean;
      readonly contentType: string | null;
      readonly retryAfter: string | null;
      /** At most 16 KB, as they came, never decoded. */
      readonly replyBody: Uint8Array;
    }
  | { readonly kind: "failed"; readonly reason: SendFailure };

/** The word for the attempt log, `null` for an acknowledged delivery. */
export function failureReason(result: SendResult): string | null {
  if (result.kind === "failed") return result.reason;
  if (result.acknowledged) return null;
  if (result.status < 300) return "notAcknowledged";
  if (result.status < 400) return "redirect";
  // A 4xx is retried as a 5xx is, but shown apart (reliability.md F2).
  return result.status < 500 ? "clientError" : "serverError";
}
