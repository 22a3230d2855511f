import type { JsonRefusal, VerifyRefusal } from "@sameface/contract";

/** Why a request was not taken. */
export type Refusal =
  | VerifyRefusal
  | JsonRefusal
  /** JSON, but no notification. */
  | "malformed"
  /** The framework parsed the body before, so the signed bytes are gone. */
  | "parsed_body"
  /** Something read the stream before. */
  | "consumed_body"
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
  parsed_body: 500,
  consumed_body: 500,
  method_not_allowed: 405,
};

/** What the developer does about it, where there is something to do. */
export const REFUSAL_MEND: Readonly<Partial<Record<Refusal, string>>> = {
  parsed_body:
    "The body was parsed before the signature could be checked. Hand in the raw bytes: in express put the handler " +
    'before express.json(), or use express.raw({ type: "application/json" }); in Next.js set bodyParser to false or ' +
    'use arrayBuffer(); in Fastify add a content type parser with parseAs "buffer"; in NestJS set rawBody to true.',
  consumed_body:
    "The body was read before the handler got the request. Put the handler before any body parser, such as express.json().",
};
