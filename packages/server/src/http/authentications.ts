import { FAILURES } from "@sameface/contract";
import {
  AuthenticateBody,
  AuthenticationDetail,
  AuthenticationsPage,
  AuthenticationsQuery,
  CaptureRef,
  Decided,
  IdParams,
  VendorVerifyBody,
  Verified,
  VerifyBody,
} from "../api/index.ts";
import { type AuthenticationParts, type AuthenticationResult, authenticate } from "../authentication/authenticate.ts";
import type { Metrics } from "../metrics/create-metrics.ts";
import type { Store } from "../store/store.ts";
import { authenticationDetail, authenticationView } from "./authentication-views.ts";
import { capturedAnswer } from "./captured-answer.ts";
import { presentDecided } from "./decided-answer.ts";
import { UNLOOKED_PROBLEMS } from "./enrolment-problem.ts";
import type { Log } from "./log.ts";
import { pagingOf } from "./paging.ts";
import { type Answer, bind, type Call, type Caller, defineRoute, problem, type Route } from "./route.ts";
import { tellDecision } from "./tell-decision.ts";

const READ = ["events:read"] as const;
const verified = { 200: { description: "Whether it was passed, and not long ago", schema: Verified } } as const;

export const AUTHENTICATION_SHAPES = {
  authenticate: defineRoute({
    operationId: "authenticate",
    method: "POST",
    path: "/v1/authentications",
    summary: "Judge whether a picture shows a customer, live and uncovered; every decided attempt is one event",
    scopes: ["authenticate"],
    body: { kind: "upload", schema: AuthenticateBody, or: CaptureRef },
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
      "captureIncomplete",
      "captureUndecided",
      "quotaReached",
      "notFound",
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
    Pick<
      Store,
      | "listAuthentications"
      | "readAuthentication"
      | "readEvent"
      | "listDeliveries"
      | "verifyTransaction"
      | "readCaptureSession"
    >;
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
  { caller, body, idempotencyKey, requestId, span }: Call<typeof AUTHENTICATION_SHAPES.authenticate>,
): Promise<Answer> {
  if ("captureSessionId" in body) {
    const where = { tenantId: caller.tenantId, sessionId: body.captureSessionId };
    return await capturedAnswer(parts.store, where);
  }
  const { customerId, image, source } = body;
  const startedAtMs = parts.clock.monotonicMs();
  const result = await authenticate(parts, {
    tenantId: caller.tenantId,
    customerId,
    image,
    source: source ?? null,
    idempotencyKey,
    present: (decided) => presentDecided(decided, requestId),
    span,
  });
  tellDecision(parts, { result, requestId, ms: parts.clock.monotonicMs() - startedAtMs });
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
    case "captureEnded":
      return problem("captureUndecided", "It had ended before.");
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
