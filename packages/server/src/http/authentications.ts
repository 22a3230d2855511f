import { FAILURES } from "@sameface/contract";
import {
  AuthenticateBody,
  AuthenticationDetail,
  AuthenticationsPage,
  AuthenticationsQuery,
  Decided,
  IdParams,
  VendorVerifyBody,
  Verified,
  VerifyBody,
} from "../api/index.ts";
import {
  type AuthenticationParts,
  type AuthenticationResult,
  authenticate,
  type DecidedAttempt,
} from "../authentication/authenticate.ts";
import type { Metrics } from "../metrics/create-metrics.ts";
import type { Store, StoredAnswer } from "../store/store.ts";
import { authenticationDetail, authenticationView } from "./authentication-views.ts";
import { FAILURE_PROBLEMS, UNLOOKED_PROBLEMS } from "./enrolment-problem.ts";
import type { Log } from "./log.ts";
import { pagingOf } from "./paging.ts";
import { PROBLEMS, problemBody } from "./problems.ts";
import { type Answer, bind, type Call, type Caller, defineRoute, problem, type Route } from "./route.ts";

const READ = ["events:read"] as const;
const verified = { 200: { description: "Whether it was passed, and not long ago", schema: Verified } } as const;

export const AUTHENTICATION_SHAPES = {
  authenticate: defineRoute({
    operationId: "authenticate",
    method: "POST",
    path: "/v1/authentications",
    summary: "Judge whether a picture shows a customer, live and uncovered; every decided attempt is one event",
    scopes: ["authenticate"],
    body: { kind: "upload", schema: AuthenticateBody },
    idempotent: true,
    answers: { 200: { description: "Decided: passed or not, an unknown customer included", schema: Decided } },
    problems: [
      "9001",
      "9002",
      "9003",
      "9004",
      "9005",
      "9500",
      "stillRunning",
      "idempotencyKeyReused",
      "overloaded",
      "notReady",
    ],
  }),
  list: defineRoute({
    operationId: "listAuthentications",
    method: "GET",
    path: "/v1/authentications",
    summary: "Attempts, newest first",
    scopes: READ,
    query: AuthenticationsQuery,
    answers: { 200: { description: "A page", schema: AuthenticationsPage } },
    problems: ["invalidCursor"],
  }),
  read: defineRoute({
    operationId: "readAuthentication",
    method: "GET",
    path: "/v1/authentications/{id}",
    summary: "One attempt with its event and deliveries",
    scopes: READ,
    params: IdParams,
    answers: { 200: { description: "The attempt", schema: AuthenticationDetail } },
    problems: ["notFound"],
  }),
  verify: defineRoute({
    operationId: "verifyAuthentication",
    method: "POST",
    path: "/v1/authentications/verify",
    summary: "Confirm a notification: true only for a pass of this tenant, not older than 24 h; every call is audited",
    scopes: ["authenticate", "events:read"],
    body: { kind: "json", schema: VerifyBody },
    answers: verified,
    problems: [],
  }),
  vendorVerify: defineRoute({
    operationId: "verifyAuthenticationAsVendor",
    method: "POST",
    path: "/omni/authentication/verify",
    summary: "The same at the vendor's path; token and interviewToken are not looked at",
    scopes: ["authenticate", "events:read"],
    body: { kind: "json", schema: VendorVerifyBody },
    answers: verified,
    problems: [],
  }),
};

/** What the routes of authentications need beyond the use case. */
export interface AuthenticationRouteParts extends Omit<AuthenticationParts, "store"> {
  readonly store: AuthenticationParts["store"] &
    Pick<Store, "listAuthentications" | "readAuthentication" | "readEvent" | "listDeliveries" | "verifyTransaction">;
  readonly log: Log;
  readonly metrics: Pick<Metrics, "decided">;
}

/** The routes of authentications. */
export function authenticationRoutes(parts: AuthenticationRouteParts): readonly Route[] {
  const { store } = parts;
  const shapes = AUTHENTICATION_SHAPES;
  return [
    bind(shapes.authenticate, async (call) => await authenticateCall(parts, call)),
    bind(shapes.list, async ({ caller, query }) => {
      const { customerId = null, outcome = null, from, to, ...paging } = query;
      const span = {
        ...(from === undefined ? {} : { fromMs: Date.parse(from) }),
        ...(to === undefined ? {} : { toMs: Date.parse(to) }),
      };
      if (Object.values(span).some(Number.isNaN)) return problem("validation", "`from` and `to` must be times.");
      const where = { tenantId: caller.tenantId, customerId, outcome, ...span, ...pagingOf(paging) };
      const { items, next } = await store.listAuthentications(where);
      return { status: 200, json: { items: items.map(authenticationView), next } };
    }),
    bind(shapes.read, async ({ caller: { tenantId }, params }) => {
      const found = await store.readAuthentication({ tenantId, authenticationId: params.id });
      if (found === null) return problem("notFound", "No authentication of this tenant has the id.");
      const event = await store.readEvent({ tenantId, eventId: found.eventId });
      const where = { tenantId, eventId: found.eventId, endpointId: null, status: null, after: null, limit: 500 };
      const { items } = await store.listDeliveries(where);
      return { status: 200, json: authenticationDetail(found, { event, deliveries: items }) };
    }),
    bind(shapes.verify, async (call) => await verifyCall(store, call)),
    bind(shapes.vendorVerify, async (call) => await verifyCall(store, call)),
  ];
}

async function authenticateCall(
  parts: AuthenticationRouteParts,
  { caller, body, idempotencyKey, requestId }: Call<typeof AUTHENTICATION_SHAPES.authenticate>,
): Promise<Answer> {
  const { customerId, image, source } = body;
  const startedAtMs = parts.clock.monotonicMs();
  const result = await authenticate(parts, {
    tenantId: caller.tenantId,
    customerId,
    image,
    source: source ?? null,
    idempotencyKey,
    present: (decided) => presentDecided(decided, requestId),
  });
  tell(parts, { result, requestId, ms: parts.clock.monotonicMs() - startedAtMs });
  return answerOf(result);
}

async function verifyCall(
  store: Pick<Store, "verifyTransaction">,
  { caller, body }: { readonly caller: Caller; readonly body: { readonly transactionId: string } },
): Promise<Answer> {
  const { tenantId, actor } = caller;
  const { transactionId } = body;
  // Whatever is not an id of ours may be anything, a customer's id too: it stays out of the audit.
  const target = /^[0-9a-f]{24}$/.test(transactionId) ? `transaction:${transactionId}` : "transaction";
  const audit = { actor, action: "authentication.verified", target, details: {} };
  const answer = await store.verifyTransaction({ tenantId, transactionId, maxAgeMs: VERIFIABLE_MS, audit });
  return { status: 200, json: { verified: answer } };
}

/** contract.md §6: not older than 24 h. */
const VERIFIABLE_MS = 86_400_000;

/** The bytes of an answer, which a repeated Idempotency-Key gets again. */
function presentDecided(decided: DecidedAttempt, requestId: string): StoredAnswer {
  const { authenticationId, eventId, outcome, reason, hints } = decided;
  if (outcome.kind !== "error") return { status: 200, body: bytesOf(decidedBody(decided)) };
  const code = FAILURE_PROBLEMS[outcome.failure];
  const { code: errorCode, message } = FAILURES[outcome.failure];
  const more = { detail: message, requestId, errorCode, authenticationId, eventId, hints: [...hints] };
  const body = problemBody(code, { ...more, ...(reason === null ? {} : { reason }) });
  return { status: PROBLEMS[code].status, body: bytesOf(body) };
}

function decidedBody(decided: DecidedAttempt): Decided {
  const { outcome, transactionId } = decided;
  return {
    id: decided.authenticationId,
    outcome: outcome.kind,
    reason: decided.reason,
    customerId: decided.customerId,
    ...(transactionId === null ? {} : { transactionId }),
    eventId: decided.eventId,
    checks: decided.checks,
    hints: [...decided.hints],
    notification: { ...decided.notification },
    timings: decided.timings,
  };
}

function bytesOf(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}

function answerOf(result: AuthenticationResult): Answer {
  switch (result.kind) {
    case "decided":
      return { status: result.answer.status, bytes: result.answer.body, ...retryHeader(result.retryAfterMs) };
    case "locked":
      return problem("9005", FAILURES.tooManyAttempts.message, {
        errorCode: FAILURES.tooManyAttempts.code,
        retryAfterSeconds: retryAfterSeconds(result.retryAfterMs),
      });
    case "replayed":
      return { status: result.answer.status, bytes: result.answer.body, headers: { "idempotency-replayed": "true" } };
    case "running":
      return problem("stillRunning", "Repeat the request in a second.", { retryAfterSeconds: 1 });
    case "otherRequest":
      return problem("idempotencyKeyReused", "Another request was sent with this key; use a new one.");
    case "refused":
      return UNLOOKED_PROBLEMS[result.problem]();
  }
}

function retryHeader(retryAfterMs: number | null | undefined): { readonly headers?: Readonly<Record<string, string>> } {
  return retryAfterMs === undefined ? {} : { headers: { "retry-after": String(retryAfterSeconds(retryAfterMs)) } };
}

/** A lock that only an operator ends has no time; a client that asks again in a day does no harm. */
const ASK_AGAIN_SECONDS = 86_400;

function retryAfterSeconds(retryAfterMs: number | null): number {
  return retryAfterMs === null ? ASK_AGAIN_SECONDS : Math.max(1, Math.ceil(retryAfterMs / 1_000));
}

/** One line for each decision, without a score; one that must wake somebody when nothing could be decided (F36). */
function tell(
  { log, metrics }: Pick<AuthenticationRouteParts, "log" | "metrics">,
  { result, requestId, ms }: { readonly result: AuthenticationResult; readonly requestId: string; readonly ms: number },
): void {
  if (result.kind !== "decided") return;
  metrics.decided({ outcome: result.outcome.kind, reason: result.reason, ms });
  const { outcome, reason } = result;
  const fields = { requestId, outcome: outcome.kind, reason };
  if (outcome.kind === "error" && outcome.failure === "unpredicted")
    log.error("an attempt could not be decided", fields);
  else log.info("decided", fields);
}
