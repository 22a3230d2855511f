import type { Static, TObject, TSchema } from "typebox";
import type { Scope } from "../store/records.ts";
import type { Span } from "../tracing/tracer.ts";
import type { ClientFacts } from "./client-facts.ts";
import type { ProblemCode, ProblemDetails } from "./problems.ts";
import type { SessionFacts } from "./sessions.ts";

/** Who calls, as the API key says; the tenant comes from here alone (reliability.md §0, rule 13). */
export interface Caller {
  readonly keyId: string;
  readonly tenantId: string;
  readonly scopes: readonly Scope[];
  /** `key:<keyId>`, for the audit. */
  readonly actor: string;
  /** Absent: the caller sent a key. */
  readonly session?: SessionFacts;
}

/** How the body of a request is read. */
export type BodyShape =
  /** `optional`: no body stands for `{}`. */
  | { readonly kind: "json"; readonly schema: TSchema; readonly optional?: true }
  /** JSON with `image` as base64, or multipart with a part `image`. */
  | {
      readonly kind: "upload";
      readonly schema: TObject;
      /** Taken in its place, as JSON without a picture. */
      readonly or?: TObject;
    }
  /** Newline JSON; each line is judged alone. */
  | { readonly kind: "lines"; readonly schema: TSchema }
  /** JSON under the names that browsers give to their reports. */
  | { readonly kind: "report"; readonly schema: TSchema };

/** One answer of a route, as OpenAPI tells it. */
export interface AnswerShape {
  readonly description: string;
  /** `null`: no body. */
  readonly schema: TSchema | null;
  /** Absent: `application/json`. */
  readonly contentType?: string;
}

/** One row of the route table: all that the server checks and the OpenAPI document says. */
export interface RouteShape {
  readonly operationId: string;
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** As OpenAPI writes it: `/v1/customers/{customerId}`. */
  readonly path: string;
  readonly summary: string;
  /** One of these is enough; `admin` and `root` always are, but where `root` alone stands. `public`: no key. */
  readonly scopes: readonly Scope[] | "public";
  /** Without a key, too, for whoever calls from the machine of the server, through no proxy. */
  readonly openToLoopback?: true;
  readonly params?: TObject;
  readonly query?: TObject;
  readonly body?: BodyShape;
  /** A person who signed in a while ago signs in again first: secrets, exports, erasures (S29). */
  readonly fresh?: true;
  /** What is asked every few seconds by machines would fill a trace store with nothing. */
  readonly traced?: false;
  /** Whether an `Idempotency-Key` is looked at. */
  readonly idempotent?: true;
  readonly answers: Readonly<Record<number, AnswerShape>>;
  /** Problems of this route's own; those that any route of its kind can answer are added (`commonProblems`). */
  readonly problems: readonly ProblemCode[];
}

/** What a handler gets: parsed and checked. */
export interface Call<S extends RouteShape> {
  readonly caller: S["scopes"] extends "public" ? null : S["openToLoopback"] extends true ? Caller | null : Caller;
  readonly params: S["params"] extends TSchema ? Static<S["params"]> : undefined;
  readonly query: S["query"] extends TSchema ? Static<S["query"]> : undefined;
  readonly body: BodyOf<S["body"]>;
  readonly idempotencyKey: string | null;
  readonly requestId: string;
  readonly client: ClientFacts;
  readonly span: Span;
  /** Aborted when nobody waits for the answer any more, or the server stops. */
  readonly gone: () => AbortSignal;
}

type BodyOf<B> = B extends { readonly kind: "json" | "report"; readonly schema: infer T extends TSchema }
  ? Static<T>
  : B extends { readonly kind: "upload"; readonly schema: infer T extends TSchema }
    ? (Omit<Static<T>, "image"> & { readonly image: Uint8Array }) | OtherOf<B>
    : B extends { readonly kind: "lines" }
      ? Uint8Array
      : undefined;

type OtherOf<B> = B extends { readonly or: infer T extends TSchema } ? Static<T> : never;

type AnswerHeaders = Readonly<Record<string, string>>;

/** What a handler answers. */
export type Answer =
  | { readonly status: number; readonly json: unknown; readonly headers?: AnswerHeaders }
  /** Bytes that were stored, answered as they are. */
  | { readonly status: number; readonly bytes: Uint8Array; readonly headers?: AnswerHeaders }
  | { readonly status: number; readonly lines: AsyncIterable<unknown> }
  /** Server-sent events, each as it goes over the wire. */
  | { readonly status: number; readonly events: AsyncIterable<string> }
  | {
      readonly status: number;
      readonly page: Uint8Array;
      readonly contentType: string;
      readonly headers?: AnswerHeaders;
    }
  | { readonly status: 204; readonly headers?: AnswerHeaders }
  | ProblemAnswer;

/** A problem and what is said with it. */
export interface ProblemAnswer extends ProblemDetails {
  readonly problem: ProblemCode;
  readonly retryAfterSeconds?: number;
}

/** A row of the table with the code behind it. */
export interface Route {
  readonly shape: RouteShape;
  readonly handle: (call: Call<RouteShape>) => Promise<Answer>;
}

/** A row of the route table; keeps its literal types. */
export function defineRoute<const S extends RouteShape>(shape: S): S {
  return shape;
}

/** Puts a handler behind a row; what it gets follows from the row's schemas. */
export function bind<S extends RouteShape>(shape: S, handle: (call: Call<S>) => Promise<Answer>): Route {
  // The reader checks every part of a call against this very shape before the handler sees it (read-call.ts).
  return { shape, handle: handle };
}

/** A problem as an answer. */
export function problem(
  code: ProblemCode,
  detail: string,
  more: Omit<ProblemAnswer, "problem" | "detail"> = {},
): ProblemAnswer {
  return { problem: code, detail, ...more };
}

/** RFC 3339 in UTC, as every time in an answer. */
export function timestamp(atMs: number): string {
  return new Date(atMs).toISOString();
}

/** RFC 3339 or `null`. */
export function timestampOrNull(atMs: number | null): string | null {
  return atMs === null ? null : timestamp(atMs);
}
