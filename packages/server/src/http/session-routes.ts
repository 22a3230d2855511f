import { CspReports, SessionView, SignInBody } from "../api/index.ts";
import type { Clock } from "../clock.ts";
import type { Store } from "../store/store.ts";
import { hashApiKey } from "./api-key.ts";
import type { ClientFacts } from "./client-facts.ts";
import type { Log } from "./log.ts";
import { roleOf } from "./role.ts";
import { type Answer, bind, defineRoute, problem, type Route, timestamp } from "./route.ts";
import { FRESH_MS, IDLE_MS, type SessionCaller, type Sessions } from "./sessions.ts";
import { createSignInThrottle, type SignInThrottle } from "./sign-in-throttle.ts";

export const SESSION_SHAPES = {
  read: defineRoute({
    operationId: "readSession",
    method: "GET",
    path: "/v1/session",
    summary: "Who is signed in at the dashboard, by the cookie",
    scopes: "public",
    answers: { 200: { description: "The session, or that there is none", schema: SessionView } },
    problems: [],
  }),
  signIn: defineRoute({
    operationId: "signIn",
    method: "POST",
    path: "/v1/session",
    summary: "Exchange an API key for a session of the dashboard; sets its cookie, and ends the session before",
    scopes: "public",
    body: { kind: "json", schema: SignInBody },
    answers: { 201: { description: "The session", schema: SessionView } },
    problems: ["crossSite", "unauthorized", "tooManySignIns"],
  }),
  signOut: defineRoute({
    operationId: "signOut",
    method: "DELETE",
    path: "/v1/session",
    summary: "End the session of the cookie, on the server. Repeatable.",
    scopes: "public",
    answers: { 204: { description: "Ended", schema: null } },
    problems: ["crossSite"],
  }),
  report: defineRoute({
    operationId: "reportCsp",
    method: "POST",
    path: "/v1/csp-reports",
    summary: "Where a browser tells that a page did what its content security policy forbids; a line in the log",
    scopes: "public",
    body: { kind: "report", schema: CspReports },
    answers: { 204: { description: "Noted", schema: null } },
    problems: ["crossSite"],
  }),
};

/** What the routes of sessions work with. */
export interface SessionRouteParts {
  readonly sessions: Sessions;
  readonly store: Pick<Store, "findKey">;
  readonly clock: Clock;
  readonly log: Log;
  readonly version: string;
  readonly retentionDays: number;
  /** What an operator should know at all times: networks that are opened, … (S40). */
  readonly notices: readonly string[];
}

/** The routes of people at the dashboard. */
export function sessionRoutes(parts: SessionRouteParts): readonly Route[] {
  const { sessions, clock, log } = parts;
  const throttle = createSignInThrottle(clock);
  return [
    bind(SESSION_SHAPES.read, async ({ client }) => {
      const caller = await sessions.callerOf(client);
      return { status: 200, json: caller === null ? { signedIn: false } : sessionView(caller, parts) };
    }),
    bind(SESSION_SHAPES.signIn, async ({ client, body }) => await signIn({ ...parts, throttle }, client, body.key)),
    bind(SESSION_SHAPES.signOut, async ({ client }) => {
      return { status: 204, headers: { "set-cookie": await sessions.end(client) } };
    }),
    bind(SESSION_SHAPES.report, async ({ body }) => {
      for (const reason of directivesOf(body)) log.warn("a page broke its content security policy", { reason });
      return await Promise.resolve({ status: 204 } as const);
    }),
  ];
}

async function signIn(
  parts: SessionRouteParts & { readonly throttle: SignInThrottle },
  client: ClientFacts,
  text: string,
): Promise<Answer> {
  const { throttle, store, clock, log } = parts;
  const waitMs = throttle.waitMs(client.address);
  if (waitMs > 0) {
    const retryAfterSeconds = Math.ceil(waitMs / 1_000);
    return problem("tooManySignIns", "Too many keys were tried from here; wait.", { retryAfterSeconds });
  }
  // Counted before the key is looked up, so that many guesses at once count one by one.
  throttle.failed(client.address);
  const key = await store.findKey(hashApiKey(text.trim()));
  const over = key?.expiresAtMs != null && key.expiresAtMs <= clock.nowMs();
  if (key === null || key.revokedAtMs !== null || over) {
    log.warn("a sign-in was refused", { keyId: key?.keyId ?? null });
    return problem("unauthorized", "This is no live key.");
  }
  throttle.succeeded(client.address);
  const { caller, cookie } = await parts.sessions.begin(key, client);
  return { status: 201, json: sessionView(caller, parts), headers: { "set-cookie": cookie } };
}

function sessionView(caller: SessionCaller, { version, retentionDays, notices }: SessionRouteParts): SessionView {
  const { session, scopes, tenantId, keyId } = caller;
  const signedInAt = timestamp(session.signedInAtMs);
  return {
    signedIn: true,
    role: roleOf(scopes),
    scopes: [...scopes],
    tenantId,
    keyId,
    keyName: session.keyName,
    csrfToken: session.csrfToken,
    signedInAt,
    freshUntil: timestamp(session.signedInAtMs + FRESH_MS),
    expiresAt: timestamp(session.expiresAtMs),
    idleSeconds: IDLE_MS / 1_000,
    server: { version, retentionDays, notices: [...notices] },
  };
}

const DIRECTIVE = /^[a-z-]{1,40}$/;

/** The directives that reports name, in the shape of `report-uri` and in that of the Reporting API; nothing else of them. */
function directivesOf(body: unknown): readonly string[] {
  const reports: readonly unknown[] = Array.isArray(body) ? body.slice(0, 20) : [body];
  return reports.map((report) => {
    const inner = isRecord(report) ? (report["csp-report"] ?? report["body"]) : null;
    const said = isRecord(inner) ? (inner["effective-directive"] ?? inner["effectiveDirective"]) : null;
    return typeof said === "string" && DIRECTIVE.test(said) ? said : "unknown";
  });
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
