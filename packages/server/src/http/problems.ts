import { FAILURES } from "@sameface/contract";
import type { Problem } from "../api/index.ts";

/** One row: the status and title of every problem with this code. */
interface ProblemRow {
  readonly status: number;
  readonly title: string;
}

/**
 * Every `code` that the API can answer (RFC 9457 problem+json). The numbered ones are the failures of the notification
 * (contract.md §4), so that one picture has one code, whether it was to be enrolled or judged.
 */
export const PROBLEMS = {
  malformedRequest: { status: 400, title: "The request is not well-formed HTTP" },
  malformedJson: { status: 400, title: "The body is not strict JSON" },
  malformedMultipart: { status: 400, title: "The multipart body can't be read" },
  validation: { status: 400, title: "The request does not fit the schema" },
  emptyImage: { status: 400, title: "The image is empty" },
  malformedImage: { status: 400, title: "The image is not base64" },
  invalidCursor: { status: 400, title: "The cursor is not one of this list" },
  refusedUrl: { status: 400, title: "The endpoint URL is refused" },
  refusedAuth: { status: 400, title: "The endpoint's way of signing in is refused" },
  refusedHeader: { status: 400, title: "An endpoint header is refused" },
  refusedReturnUrl: { status: 400, title: "The return address is not in the policy's list" },
  unauthorized: { status: 401, title: "A valid API key is needed" },
  forbidden: { status: 403, title: "The API key's scopes do not allow this" },
  crossSite: { status: 403, title: "The request was not made by a page of this server" },
  signInAgain: { status: 403, title: "The sign-in is too old for this" },
  captureRefused: { status: 403, title: "The capture link or its cookie is not valid" },
  captureFileRefused: { status: 403, title: "This capture takes no file" },
  notFound: { status: 404, title: "There is nothing here" },
  unknownCustomer: { status: 404, title: "There is no such customer" },
  methodNotAllowed: { status: 405, title: "The method is not allowed here" },
  requestTimeout: { status: 408, title: "The request took too long to arrive" },
  captureUsed: { status: 409, title: "The capture link was opened before" },
  captureNonceRefused: { status: 409, title: "The frame belongs to no try that runs" },
  captureIncomplete: { status: 409, title: "The capture has not ended yet" },
  captureUndecided: { status: 409, title: "The capture ended without a decision" },
  stillRunning: { status: 409, title: "The first request with this Idempotency-Key still runs" },
  inFlight: { status: 409, title: "The delivery is in flight" },
  nothingToSend: { status: 409, title: "The event's body was erased" },
  endpointUnverified: { status: 409, title: "The endpoint's owner is not proved yet" },
  notEchoed: { status: 409, title: "The endpoint did not echo the challenge" },
  tooManySecrets: { status: 409, title: "The endpoint has as many live secrets as allowed" },
  endpointUnavailable: { status: 409, title: "The endpoint is disabled or gone" },
  streamTaken: { status: 409, title: "Another listener holds the stream" },
  nameTaken: { status: 409, title: "The name is taken" },
  quotaReached: { status: 409, title: "The tenant has as much as it may have" },
  tooManyTemplates: { status: 409, title: "The customer has as many templates as allowed" },
  captureEnded: { status: 410, title: "The capture has ended" },
  imageTooLarge: { status: 413, title: "The image is larger than 8 MB" },
  bodyTooLarge: { status: 413, title: "The body is too large" },
  uriTooLong: { status: 414, title: "The URL is too long" },
  unsupportedMediaType: { status: 415, title: "The content type or encoding is not served" },
  consentRequired: { status: 422, title: "Enrolment needs a consent reference" },
  idempotencyKeyReused: { status: 422, title: "The Idempotency-Key belongs to another request" },
  "9001": { status: 422, title: FAILURES.faceNotFound.error },
  "9002": { status: 422, title: FAILURES.moreThanOneFace.error },
  "9003": { status: 422, title: FAILURES.imageNotUsable.error },
  "9004": { status: 422, title: FAILURES.faceUnclear.error },
  spoof: { status: 422, title: "The face does not look live" },
  mask: { status: 422, title: "The face wears a mask" },
  lenses: { status: 422, title: "The face wears lenses" },
  headCover: { status: 422, title: "The head is covered" },
  "9005": { status: 429, title: FAILURES.tooManyAttempts.error },
  tooManyRequests: { status: 429, title: "The tenant or the key sends too many requests" },
  tooManySignIns: { status: 429, title: "Too many keys were tried" },
  headersTooLarge: { status: 431, title: "The request headers are too large" },
  "9500": { status: 500, title: FAILURES.unpredicted.error },
  internal: { status: 500, title: "The server failed" },
  overloaded: { status: 503, title: "The server is busy" },
  storeUnavailable: { status: 503, title: "The store can't take the request now" },
  notReady: { status: 503, title: "The server is not ready" },
} as const satisfies Record<string, ProblemRow>;

/** A row of {@link PROBLEMS}. */
export type ProblemCode = keyof typeof PROBLEMS;

/** What a problem says beyond its row. */
export interface ProblemDetails {
  /** What to mend, for a person; never a value that was a secret, never the server's inside. */
  readonly detail: string;
  readonly errors?: { path: string; message: string }[];
  readonly errorCode?: number;
  readonly authenticationId?: string;
  readonly eventId?: string;
  readonly hints?: string[];
  readonly reason?: string;
  readonly canonical?: string;
}

/** The JSON of a problem. `requestId` leads to the log's line. */
export function problemBody(code: ProblemCode, details: ProblemDetails & { readonly requestId: string }): Problem {
  const { status, title } = PROBLEMS[code];
  const { detail, requestId, ...more } = details;
  return { type: `urn:sameface:problem:${code}`, title, status, code, detail, requestId, ...more };
}
