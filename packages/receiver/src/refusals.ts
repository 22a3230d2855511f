import type { VerifyRefusal } from "@sameface/contract";
import type { Unreadable } from "./read-outcome.ts";

/** Why a request was not taken. */
export type Refusal =
  | VerifyRefusal
  | Unreadable
  /** Source `incode`: the header or the bearer is not one of those that are live. */
  | "unauthorized"
  /** Token endpoint: the client is not the one, or asks for another grant (RFC 6749 §5.2). */
  | "invalid_client"
  | "unsupported_grant_type"
  /** No bytes: something, such as a framework's parser, read or parsed the body before. */
  | "parsed_body"
  /** The sender hung up in mid-body. */
  | "incomplete_body"
  | "method_not_allowed";

/**
 * The status for each refusal. What the sender can't mend by sending again is 4xx; what the receiver's own developer has
 * to mend is 500, so that the sender tries again after the mend and nothing is lost.
 */
export const REFUSAL_STATUS: Readonly<Record<Refusal, number>> = {
  missing_id: 400,
  missing_timestamp: 400,
  missing_signature: 400,
  duplicate_header: 400,
  bad_id: 400,
  bad_timestamp: 400,
  bad_signature_header: 400,
  too_many_signatures: 400,
  timestamp_too_old: 400,
  timestamp_too_new: 400,
  no_supported_signature: 401,
  signature_mismatch: 401,
  unauthorized: 401,
  invalid_client: 401,
  unsupported_grant_type: 400,
  too_large: 413,
  byte_order_mark: 400,
  invalid_utf8: 400,
  too_deep: 400,
  not_json: 400,
  duplicate_key: 400,
  forbidden_key: 400,
  null_character: 400,
  unpaired_surrogate: 400,
  number_out_of_range: 400,
  malformed: 400,
  incomplete_body: 400,
  parsed_body: 500,
  method_not_allowed: 405,
};

/** What the developer does about it, where there is something to do. @internal */
export const REFUSAL_MEND: Readonly<Partial<Record<Refusal, string>>> = {
  parsed_body:
    "The raw bytes of the body are gone: something read or parsed it first. " +
    'Express: put the handler before express.json(), or use express.raw({ type: "application/json" }). ' +
    "Next.js: pages: bodyParser false; app: arrayBuffer(). Hono, fetch: before anything reads the request. Nest: rawBody true. " +
    'Fastify: a content type parser with parseAs "buffer", or fastifyReceiver. Koa: before the body parser. ' +
    "Lambda: decode by isBase64Encoded. Cloud Functions: rawBody.",
};
