import type { Server } from "node:http";
import multipart from "@fastify/multipart";
import { newId } from "@sameface/contract";
import Fastify, {
  type FastifyHttpOptions,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from "fastify";
import type { Clock } from "../clock.ts";
import { isInside, parseNetworks } from "../delivery/address.ts";
import type { Metrics } from "../metrics/create-metrics.ts";
import type { Random } from "../random.ts";
import { NO_SPAN, type Span, type Tracer } from "../tracing/tracer.ts";
import { clientFacts } from "./client-facts.ts";
import { capPerAddress } from "./connections-per-address.ts";
import { changesSomething, isCrossSite, isForged } from "./cross-site.ts";
import { faultProblem } from "./fault-problem.ts";
import { answerClientError, guardServer, refuseRequest } from "./guard-connection.ts";
import { HTTP_LIMITS } from "./http-limits.ts";
import { type Keyring, mayCall } from "./keyring.ts";
import { faultFields, type Log } from "./log.ts";
import { createCallReader } from "./read-call.ts";
import type { RequestRate } from "./request-rate.ts";
import { type Answer, type Caller, problem, type Route, type RouteShape } from "./route.ts";
import { SECURITY_HEADERS } from "./security-headers.ts";
import { sendAnswer, sendProblem } from "./send-answer.ts";
import { FRESH_MS, type Sessions } from "./sessions.ts";
import { plainAddress } from "./source-network.ts";

declare module "fastify" {
  interface FastifyRequest {
    caller: Caller | null;
    /** The problem code of the answer, for the log. */
    problemCode: string | null;
    startedAtMs: number;
    span: Span;
  }
}

/** What an HTTP server is made of. */
export interface HttpServerParts {
  readonly routes: readonly Route[];
  readonly keyring: Keyring;
  readonly sessions: Sessions;
  readonly log: Log;
  readonly metrics: Pick<Metrics, "answered">;
  readonly tracer: Tracer;
  readonly rates: Readonly<Record<"tenant" | "key", RequestRate>>;
  readonly clock: Clock;
  readonly random: Random;
  /** Networks of proxies whose X-Forwarded-* headers are believed; empty: none. */
  readonly trustedProxies: readonly string[];
  /** Where callers find this server; `null`: not told. */
  readonly publicUrl: string | null;
}

/** The routes behind Fastify, with every limit of reliability.md T18; not listening yet. */
export async function createHttpServer(parts: HttpServerParts): Promise<FastifyInstance> {
  const { clock, random } = parts;
  const app = Fastify(optionsOf(parts));
  const parsed = parseNetworks(parts.trustedProxies.join(","));
  const proxies = parsed.ok ? parsed.networks : []; // the configuration has refused what is no network
  guardServer(app.server, { clock, makeRequestId: () => newId(random) });
  capPerAddress(app.server, {
    most: HTTP_LIMITS.connectionsPerAddress,
    isExempt: (address) => isInside(plainAddress(address), proxies),
  });
  app.decorateRequest("caller", null);
  app.decorateRequest("problemCode", null);
  app.decorateRequest("startedAtMs", 0);
  app.decorateRequest("span");
  app.addHook("onRequest", async (request, reply) => {
    request.startedAtMs = clock.monotonicMs();
    request.span = NO_SPAN;
    reply.headers(SECURITY_HEADERS);
    const refused = refuseRequest(request.raw);
    return refused === null ? undefined : await answer(reply.header("connection", "close"), refused);
  });
  await takeBodies(app);
  answerFaults(app, parts);
  const closing = new AbortController();
  app.addHook("preClose", (done) => {
    closing.abort();
    done();
  });
  for (const route of parts.routes) addRoute(app, route, { ...parts, closing: closing.signal });
  // An instance is a promise of its own readiness.
  return await app;
}

function optionsOf({ clock, random, trustedProxies }: HttpServerParts) {
  return {
    // Its own log would print paths and messages: ours is by allow-list (log.ts).
    logger: false,
    trustProxy: trustedProxies.length === 0 ? false : [...trustedProxies],
    genReqId: () => newId(random),
    requestTimeout: HTTP_LIMITS.requestMs,
    connectionTimeout: HTTP_LIMITS.idleMs,
    keepAliveTimeout: HTTP_LIMITS.idleMs,
    bodyLimit: HTTP_LIMITS.jsonBytes,
    forceCloseConnections: "idle",
    routerOptions: { maxParamLength: HTTP_LIMITS.urlBytes },
    http: {
      maxHeaderSize: HTTP_LIMITS.headerBytes,
      headersTimeout: HTTP_LIMITS.headersMs,
      connectionsCheckingInterval: 1_000,
      requireHostHeader: false,
    },
    clientErrorHandler: (error, socket) => {
      answerClientError(error, socket, { clock, makeRequestId: () => newId(random) });
    },
    frameworkErrors: (error, _request, reply) => {
      // Fastify does not wait for it, and nothing can fail after the bytes are handed over.
      void sendProblem(reply, faultProblem(error));
    },
  } satisfies FastifyHttpOptions<Server>;
}

/** How browsers name their reports. */
const REPORT_TYPES = ["application/csp-report", "application/reports+json"] as const;

async function takeBodies(app: FastifyInstance): Promise<void> {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    ["application/json", "application/x-ndjson", ...REPORT_TYPES],
    { parseAs: "buffer" },
    (_request, body, done) => {
      done(null, body);
    },
  );
  await app.register(multipart);
}

function answerFaults(app: FastifyInstance, { log, metrics, clock, routes }: HttpServerParts): void {
  app.setErrorHandler(async (fault, request, reply) => {
    const told = faultProblem(fault);
    if (told.problem === "internal" || told.problem === "storeUnavailable") {
      log.error("a request failed", { requestId: request.id, ...faultFields(fault) });
    }
    // Fastify would close; a reset then overtakes the answer while the client still sends. The rest is read and thrown
    // away instead, within `requestMs`.
    if (told.problem === "bodyTooLarge") reply.removeHeader("connection");
    return await answer(reply, told);
  });
  const patterns = routes.map(({ shape }) => ({ method: shape.method, path: patternOf(shape.path) }));
  app.setNotFoundHandler(async (request, reply) => {
    const path = request.url.split("?", 1)[0] ?? "";
    const allowed = patterns.filter((one) => one.path.test(path)).map((one) => one.method);
    if (allowed.length === 0)
      return await answer(reply, problem("notFound", "There is no such path; see /openapi.json."));
    reply.header("allow", allowed.join(", "));
    return await answer(reply, problem("methodNotAllowed", `This path takes ${allowed.join(", ")}.`));
  });
  app.addHook("onResponse", async (request, reply) => {
    const ms = clock.monotonicMs() - request.startedAtMs;
    const answered = { method: request.method, route: request.routeOptions.url ?? null, status: reply.statusCode };
    metrics.answered({ ...answered, ms });
    request.span.end({
      status: reply.statusCode,
      ...(reply.statusCode < 500 ? {} : { fault: request.problemCode ?? "answer" }),
    });
    log.info("answered", {
      requestId: request.id,
      ...answered,
      ms: Math.round(ms),
      tenantId: request.caller?.tenantId ?? null,
      keyId: request.caller?.keyId ?? null,
      code: request.problemCode,
    });
    await Promise.resolve();
  });
}

function addRoute(
  app: FastifyInstance,
  { shape, handle }: Route,
  parts: HttpServerParts & { readonly closing: AbortSignal },
): void {
  const { closing } = parts;
  const read = createCallReader(shape);
  app.route({
    method: shape.method,
    // Fastify writes a parameter as `:id`, and a colon that is none as `::`.
    url: shape.path.replaceAll(":", "::").replaceAll(/\{([A-Za-z]+)\}/g, ":$1"),
    bodyLimit: bodyLimitOf(shape),
    onRequest: async (request, reply) => {
      const refused = await admit(request, shape, parts);
      if (refused === null && shape.traced !== false) request.span = beginSpan(request, shape, parts.tracer);
      return refused === null ? undefined : await answer(reply, refused);
    },
    handler: async (request, reply) => {
      const wrongType = checkContentType(request, shape);
      if (wrongType !== null) return await answer(reply, wrongType);
      const client = clientFacts(request, parts.publicUrl);
      const result = await read(request, {
        caller: request.caller,
        client,
        span: request.span,
        gone: () => goneOf(reply, closing),
      });
      return await answer(reply, result.ok ? await handle(result.call) : result.problem);
    },
  });
}

/** A caller with a key may go on with a trace of its own; whoever has none would fill the collector at will. */
function beginSpan(request: FastifyRequest, { method, path }: RouteShape, tracer: Tracer): Span {
  const { caller, headers, id } = request;
  const parent = caller !== null && typeof headers["traceparent"] === "string" ? headers["traceparent"] : null;
  const facts = { requestId: id, method, route: path, tenantId: caller?.tenantId ?? null };
  return tracer.begin("request", { kind: "server", parent, facts });
}

/** A proxy on this machine is not the client: whatever came through one names it in a header. */
function isFromThisMachine({ ip, headers }: FastifyRequest): boolean {
  if (headers.authorization !== undefined) return false;
  const passedOn = ["forwarded", "x-forwarded-for", "x-real-ip", "via"].some((name) => headers[name] !== undefined);
  return !passedOn && /^(::ffff:)?127\.|^::1$/.test(ip);
}

/** Whether the call may go on, by its key or by the cookie of a session; `null`: it may. */
async function admit(
  request: FastifyRequest,
  shape: RouteShape,
  { keyring, sessions, rates, clock, publicUrl }: HttpServerParts,
): Promise<Answer | null> {
  const { authorization } = request.headers;
  const client = clientFacts(request, publicUrl);
  // A browser sends a key for nobody: with one, no other site can have made the call.
  if (authorization === undefined && changesSomething(shape) && isCrossSite(client))
    return problem("crossSite", "A page of another site asked for this.");
  if (shape.scopes === "public") return null;
  const caller = await (authorization === undefined ? sessions.callerOf(client) : keyring.callerOf(authorization));
  request.caller = caller;
  if (caller === null && shape.openToLoopback === true && isFromThisMachine(request)) return null;
  if (caller === null) return problem("unauthorized", "Send Authorization: Bearer <key> with a live key.");
  const tooMany = boundOf(rates.key.take(caller.keyId), "key") ?? boundOf(rates.tenant.take(caller.tenantId), "tenant");
  if (tooMany !== null) return tooMany;
  const { session } = caller;
  if (session !== undefined && changesSomething(shape) && isForged(client, session.csrfToken))
    return problem("crossSite", "The call lacks X-Sameface-Csrf with the token of its session.");
  if (!mayCall(caller, shape))
    return problem("forbidden", `This call needs one of the scopes: ${shape.scopes.join(", ")}.`);
  if (shape.fresh === true && session !== undefined && clock.nowMs() > session.signedInAtMs + FRESH_MS)
    return problem("signInAgain", "Sign in again: this shows secrets, or cannot be undone.");
  return null;
}

function boundOf(retryAfterSeconds: number, who: "tenant" | "key"): Answer | null {
  if (retryAfterSeconds === 0) return null;
  const detail = `This ${who} sends more requests than it may (SAMEFACE_${who.toUpperCase()}_REQUESTS_PER_SECOND).`;
  return problem("tooManyRequests", detail, { retryAfterSeconds });
}

/** Aborted when the connection is gone, or the server stops. */
function goneOf(reply: FastifyReply, closing: AbortSignal): AbortSignal {
  const left = new AbortController();
  reply.raw.once("close", () => {
    left.abort();
  });
  if (reply.raw.destroyed) left.abort();
  return AbortSignal.any([closing, left.signal]);
}

/** Fastify has one list of types for all routes: a type that another route takes is none of this one's. */
function checkContentType(request: FastifyRequest, { body }: RouteShape): Answer | null {
  if (request.body === undefined && !request.isMultipart()) return null;
  const taken: Record<NonNullable<RouteShape["body"]>["kind"], readonly string[]> = {
    json: ["application/json"],
    upload: ["application/json", "multipart/form-data"],
    lines: ["application/x-ndjson"],
    report: [...REPORT_TYPES, "application/json"],
  };
  const types = taken[body?.kind ?? "json"];
  const type = (request.headers["content-type"] ?? "").split(";", 1)[0]?.trim().toLowerCase() ?? "";
  if (types.includes(type)) return null;
  return problem("unsupportedMediaType", `This call takes ${types.join(" or ")}.`);
}

function bodyLimitOf({ body }: RouteShape): number {
  if (body?.kind === "upload") return HTTP_LIMITS.uploadBytes;
  return body?.kind === "lines" ? HTTP_LIMITS.batchBytes : HTTP_LIMITS.jsonBytes;
}

function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replaceAll(/[.:]/g, "\\$&").replaceAll(/\{[A-Za-z]+\}/g, "[^/]+")}$`);
}

async function answer(reply: FastifyReply, given: Answer): Promise<FastifyReply> {
  reply.request.problemCode = "problem" in given ? given.problem : null;
  return await sendAnswer(reply, given);
}
