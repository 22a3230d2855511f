import { REFUSAL_MEND, REFUSAL_STATUS, type Refusal } from "./refusals.ts";

/** The key of an error that RFC 6749 §5.2 wants. */
const OAUTH_ERRORS: ReadonlySet<Refusal> = new Set(["invalid_client", "unsupported_grant_type"]);

/** What became of a request. */
export type ReceiveResult =
  | { readonly kind: "handled" | "accepted" | "duplicate" | "running" | "conflict" | "test" | "unhandled" | "token" }
  | { readonly kind: "failed"; readonly error: unknown }
  /** `quarantined`: acknowledged though it could not be read; the bytes are kept where a store is configured. */
  | { readonly kind: "refused" | "quarantined"; readonly reason: Refusal };

/** What to answer, for an adapter to write. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Empty with 204. */
  readonly body: string;
  readonly result: ReceiveResult;
}

/** 204 acknowledges in both profiles, `standard` and `incode` (contract.md §6). @internal */
export function acknowledge(kind: "handled" | "accepted" | "duplicate" | "conflict" | "test" | "unhandled"): Reply {
  return { status: 204, headers: {}, body: "", result: { kind } };
}

/** The first run is still at it: never 2xx, since it may yet fail. @internal */
export function stillRunning(retryAfterMs: number): Reply {
  return json(409, {
    result: { kind: "running" },
    text: { reason: "running" },
    headers: { "retry-after": String(Math.ceil(retryAfterMs / 1000)) },
  });
}

/** The handler or the store threw: the sender tries again. What was thrown is for `onError`, never for the sender. @internal */
export function failed(error: unknown): Reply {
  return json(500, { result: { kind: "failed", error }, text: { reason: "failed" } });
}

/** 200 with JSON acknowledges in both profiles, and tells why nothing was handled. @internal */
export function quarantined(reason: Refusal): Reply {
  return json(200, { result: { kind: "quarantined", reason }, text: { reason } });
}

/** The request is not taken, with its named reason. */
export function refuse(reason: Refusal): Reply {
  const mend = REFUSAL_MEND[reason];
  return json(REFUSAL_STATUS[reason], {
    result: { kind: "refused", reason },
    text: { reason, ...(mend === undefined ? {} : { mend }), ...(OAUTH_ERRORS.has(reason) ? { error: reason } : {}) },
    ...(reason === "method_not_allowed" ? { headers: { allow: "POST" } } : {}),
  });
}

interface JsonReply {
  readonly result: ReceiveResult;
  readonly text: Readonly<Record<string, string | number>>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A reply with a JSON body. @internal */
export function json(status: number, { result, text, headers = {} }: JsonReply): Reply {
  return { status, headers: { "content-type": "application/json", ...headers }, body: JSON.stringify(text), result };
}
