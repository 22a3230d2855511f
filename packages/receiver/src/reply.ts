import { REFUSAL_MEND, REFUSAL_STATUS, type Refusal } from "./refusals.ts";

/** What became of a request. */
export type ReceiveResult =
  | { readonly kind: "handled" | "duplicate" | "running" | "conflict" | "test" | "unhandled" }
  | { readonly kind: "failed"; readonly error: unknown }
  | { readonly kind: "refused"; readonly reason: Refusal };

/** What to answer, for an adapter to write. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Empty with 204. */
  readonly body: string;
  readonly result: ReceiveResult;
}

/** 204 acknowledges in both profiles, `standard` and `incode` (contract.md §6). @internal */
export function acknowledge(kind: "handled" | "duplicate" | "conflict" | "test" | "unhandled"): Reply {
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

/** The request is not taken, with its named reason. */
export function refuse(reason: Refusal): Reply {
  const mend = REFUSAL_MEND[reason];
  return json(REFUSAL_STATUS[reason], {
    result: { kind: "refused", reason },
    text: mend === undefined ? { reason } : { reason, mend },
    ...(reason === "method_not_allowed" ? { headers: { allow: "POST" } } : {}),
  });
}

interface JsonReply {
  readonly result: ReceiveResult;
  readonly text: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
}

function json(status: number, { result, text, headers = {} }: JsonReply): Reply {
  return { status, headers: { "content-type": "application/json", ...headers }, body: JSON.stringify(text), result };
}
