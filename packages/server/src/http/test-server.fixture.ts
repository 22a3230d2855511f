import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { compare } from "@sameface/engine";
import { Compile } from "typebox/compile";
import { Problem } from "../api/index.ts";
import { CAPTURE_LIMITS, type CaptureLimits } from "../capture/capture-parts.ts";
import { createCaptures } from "../capture/captures.ts";
import { type Clock, systemClock } from "../clock.ts";
import { parseNetworks } from "../delivery/address.ts";
import { createEndpoints } from "../delivery/endpoints.ts";
import { createResolver } from "../delivery/resolver.ts";
import { createSender } from "../delivery/send.ts";
import { createStreams } from "../delivery/streams.ts";
import { createMetrics } from "../metrics/create-metrics.ts";
import { readTenantPolicy } from "../policy/tenant-policy.ts";
import { systemRandom } from "../random.ts";
import { createSqliteStore } from "../store/sqlite/create-sqlite-store.ts";
import type { Store } from "../store/store.ts";
import { NO_TRACER, type Tracer } from "../tracing/tracer.ts";
import { unlockVault } from "../vault/unlock-vault.ts";
import { auditRoutes } from "./audit.ts";
import { authenticationRoutes } from "./authentications.ts";
import { captureRoutes } from "./capture-routes.ts";
import { createHttpServer } from "./create-http-server.ts";
import { customerExportRoutes } from "./customer-export.ts";
import { customerRoutes } from "./customers.ts";
import { deliveryRoutes } from "./deliveries.ts";
import { documentRoutes } from "./documents.ts";
import { endpointRoutes } from "./endpoints.ts";
import { eventRoutes } from "./events.ts";
import { healthRoutes } from "./health.ts";
import { createKeyring } from "./keyring.ts";
import { keyRoutes } from "./keys.ts";
import { createLog } from "./log.ts";
import { metricsRoutes } from "./metrics.ts";
import { commonProblems, openApiDocument } from "./openapi.ts";
import { operatorEventRoutes } from "./operator-events.ts";
import { overviewRoutes } from "./overview.ts";
import { pageRoutes } from "./pages.ts";
import { pictureRoutes } from "./pictures.ts";
import { policyRoutes } from "./policy.ts";
import { PROBLEMS, type ProblemCode } from "./problems.ts";
import { replayRoutes } from "./replays.ts";
import { createRequestRate, type RequestRate } from "./request-rate.ts";
import { ensureRootKey } from "./root-key.ts";
import type { RouteShape } from "./route.ts";
import { ROUTE_SHAPES } from "./route-shapes.ts";
import { createScriptedEngine, picture, type Script, type ScriptedEngine } from "./scripted-engine.fixture.ts";
import { sessionRoutes } from "./session-routes.ts";
import { createSessions } from "./sessions.ts";
import { sourceRoutes } from "./sources.ts";
import { statisticsRoutes } from "./statistics.ts";
import { streamRoutes } from "./streams.ts";
import { tenantRoutes } from "./tenants.ts";
import { webhookKeyRoutes } from "./webhook-keys.ts";

/** One answer, its body read as JSON where it is JSON. */
export interface TestAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: Record<string, unknown>;
}

/** One request. */
export interface TestCall {
  readonly method?: string;
  /** Sent as JSON; bytes and forms are sent as they are. */
  readonly body?: unknown;
  readonly key?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A whole API on a free port: real store, vault and sockets; the engine reads what it measures out of the picture. */
export interface TestServer {
  readonly url: string;
  readonly port: number;
  readonly key: string;
  readonly store: Store;
  readonly engine: ScriptedEngine;
  readonly folder: string;
  readonly logLines: readonly string[];
  /** Node's own server, for its settings. */
  readonly http: Server;
  /** Every answer is held against the route's row: its status, its schema, its problem codes. */
  call(path: string, call?: TestCall): Promise<TestAnswer>;
  authenticate(customerId: string, script: Script, more?: TestCall & { readonly source?: string }): Promise<TestAnswer>;
  enrol(customerId: string, script: Script): Promise<TestAnswer>;
  close(): Promise<void>;
}

const KEY = "root-key-of-a-test-0123456789abcdef";

/** Starts one; `over` replaces members of the store, for faults. */
export async function startTestServer(
  options: {
    readonly clock?: Clock;
    readonly over?: (store: Store) => Partial<Store>;
    readonly publicUrl?: string;
    /** Absent: no bound. */
    readonly rates?: Partial<Readonly<Record<"tenant" | "key", RequestRate>>>;
    /** Absent: SQLite in the folder. */
    readonly open?: (folder: string) => Promise<Store>;
    readonly captureLimits?: Partial<CaptureLimits>;
    /** Absent: nothing is traced. */
    readonly tracer?: Tracer;
  } = {},
): Promise<TestServer> {
  const { clock = systemClock, over, publicUrl = null, tracer = NO_TRACER } = options;
  const parent = await mkdtemp(join(tmpdir(), "sameface-http-"));
  const folder = join(parent, "data");
  const random = systemRandom;
  const open = options.open ?? (async () => await createSqliteStore({ folder, clock, random }));
  const real = await open(folder);
  const store: Store = { ...real, ...over?.(real) };
  const keyFile = `${folder}.key`;
  const { vault } = await unlockVault({ meta: store, masterKeyText: null, otherKeyText: null, keyFile, random });
  await ensureRootKey({ store, random, adminKey: KEY });
  const engine = createScriptedEngine();
  const logLines: string[] = [];
  const log = createLog({ level: "debug", clock, write: (line) => logLines.push(line) });
  const networks = parseNetworks("127.0.0.0/8");
  assert.ok(networks.ok);
  const sender = createSender({
    resolver: createResolver({ clock, timeoutMs: 100, servers: ["127.0.0.1:9"] }),
    allowedNetworks: networks.networks,
    clock,
    ownListeners: () => [],
    ownAddresses: () => [],
  });
  const endpoints = createEndpoints({
    store,
    vault,
    random,
    clock,
    allowedNetworks: networks.networks,
    guard: sender.guard,
    send: sender.send,
    version: "0",
  });
  const readPolicy = async (tenantId: string) => await readTenantPolicy(store, tenantId);
  const streams = createStreams({ store, vault, random, clock, version: "0" });
  const readProcess = () => ({ residentBytes: 1, cpuSeconds: 1, loopDelayP99Seconds: 0 });
  const metrics = createMetrics({ store, engine, readProcess, version: "0", roles: ["api"] });
  // A scripted picture is a text, and nothing beside it.
  const bare = (bytes: Uint8Array) => ({ format: "png", orientation: 1, bytes }) as const;
  const parts = {
    streams,
    store,
    vault,
    engine,
    random,
    clock,
    log,
    metrics,
    tracer,
    endpoints,
    readPolicy,
    compare,
    bare,
  };
  const sessions = createSessions({ store, clock, random, onFault: () => undefined });
  const pages = await writePages(parent);
  const captures = createCaptures({
    ...parts,
    baseUrl: () => "https://faces.example",
    onDecided: () => undefined,
    onFault: () => undefined,
    limits: { ...CAPTURE_LIMITS, ...options.captureLimits },
  });
  captures.start();
  const openapi = openApiDocument(ROUTE_SHAPES, { version: "0", serverUrl: null });
  const routes = [
    ...healthRoutes({ ...parts, delivers: false }),
    ...metricsRoutes(parts),
    ...documentRoutes({ openapi }),
    ...sessionRoutes({ ...parts, sessions, version: "0", retentionDays: 30, notices: ["a notice"] }),
    ...(await pageRoutes(pages, captures)),
    ...customerRoutes(parts),
    ...customerExportRoutes(parts),
    ...sourceRoutes(parts),
    ...authenticationRoutes(parts),
    ...captureRoutes({ captures }),
    ...pictureRoutes(parts),
    ...policyRoutes(parts),
    ...tenantRoutes(parts),
    ...endpointRoutes(parts),
    ...streamRoutes(parts),
    ...webhookKeyRoutes(parts),
    ...eventRoutes(parts),
    ...deliveryRoutes(parts),
    ...replayRoutes(parts),
    ...operatorEventRoutes(parts),
    ...statisticsRoutes(parts),
    ...overviewRoutes(parts),
    ...keyRoutes(parts),
    ...auditRoutes(parts),
  ];
  const keyring = createKeyring({ store, clock, onFault: () => undefined });
  const unbounded = createRequestRate({ clock, perSecond: null });
  const app = await createHttpServer({
    routes,
    keyring,
    sessions,
    log,
    metrics,
    tracer,
    rates: { tenant: unbounded, key: unbounded, ...options.rates },
    clock,
    random,
    trustedProxies: [],
    publicUrl,
  });
  await app.listen({ host: "127.0.0.1", port: 0 });
  const { port } = app.server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  const call: TestServer["call"] = async (path, request = {}) => await send(url, path, request);
  return {
    url,
    port,
    key: KEY,
    store,
    engine,
    folder,
    logLines,
    http: app.server,
    call,
    authenticate: async (customerId, script, { source, ...more } = {}) => {
      const image = picture(script).toString("base64");
      const body = { customerId, image, ...(source === undefined ? {} : { source }) };
      return await call("/v1/authentications", { method: "POST", body, ...more });
    },
    enrol: async (customerId, script) => {
      const body = { image: picture(script).toString("base64"), consent: { reference: "test" } };
      return await call(`/v1/customers/${customerId}`, { method: "PUT", body });
    },
    close: async () => {
      captures.stop();
      streams.close();
      await app.close();
      sender.close();
      await real.close();
      await rm(parent, { recursive: true, force: true });
    },
  };
}

/** A page of two files, as a build makes it. */
async function writePages(parent: string): Promise<URL> {
  const folder = join(parent, "pages");
  await mkdir(join(folder, "assets"), { recursive: true });
  await writeFile(join(folder, "index.html"), "<!doctype html><title>page</title>");
  await writeFile(join(folder, "capture.html"), "<!doctype html><title>capture</title>");
  await writeFile(join(folder, "assets", "app-1.js"), "export {};");
  await writeFile(join(folder, "assets", "sameface-capture.js"), "class C {}");
  return pathToFileURL(`${folder}/`);
}

async function send(
  url: string,
  path: string,
  { method = "GET", body, key = KEY, headers }: TestCall,
): Promise<TestAnswer> {
  const raw = body instanceof Uint8Array || body instanceof FormData || typeof body === "string";
  const response = await fetch(`${url}${path}`, {
    method,
    headers: {
      ...(key === null ? {} : { authorization: `Bearer ${key}` }),
      ...(body === undefined || raw ? {} : { "content-type": "application/json" }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: raw ? body : JSON.stringify(body) }),
  });
  const type = response.headers.get("content-type") ?? "";
  const endless = type.startsWith("text/event-stream");
  if (endless) await response.body?.cancel();
  const text = endless ? "" : await response.text();
  const parsed: unknown = /^application\/(problem\+)?json/.test(type) ? JSON.parse(text) : {};
  const answer = { status: response.status, headers: response.headers, text, body: parsed as Record<string, unknown> };
  holdAgainstRoute(method, path, answer);
  return answer;
}

const CHECK_PROBLEM = Compile(Problem);

/** An answer that the OpenAPI document does not tell is a defect, whatever the test was about. */
function holdAgainstRoute(method: string, path: string, { status, body, text, headers }: TestAnswer): void {
  const bare = path.split("?", 1)[0] ?? "";
  const shape = ROUTE_SHAPES.find((one) => one.method === method && patternOf(one).test(bare));
  if (status >= 400) {
    assert.match(headers.get("content-type") ?? "", /^application\/problem\+json/);
    assert.ok(CHECK_PROBLEM.Check(body), `${text} is no problem`);
    const code = body.code as ProblemCode;
    assert.equal(PROBLEMS[code].status, status);
    assert.equal(PROBLEMS[code].title, body.title);
    if (shape === undefined) return;
    const told: readonly string[] = [...shape.problems, ...commonProblems(shape)];
    const anyRoute = ["notFound", "uriTooLong", "headersTooLarge", "unsupportedMediaType", "validation"];
    assert.ok(told.includes(code) || anyRoute.includes(code), `${shape.operationId} does not tell of ${code}`);
    return;
  }
  assert.ok(shape, `${method} ${path} is no route`);
  const told = shape.answers[status];
  assert.ok(told, `${shape.operationId} does not tell of ${status}`);
  if (told.schema === null) assert.equal(text, "");
  else if (told.contentType === undefined) {
    const errors = Compile(told.schema).Errors(body);
    assert.deepEqual(errors, [], `${shape.operationId}: ${text}`);
  }
}

function patternOf({ path }: RouteShape): RegExp {
  return new RegExp(`^${path.replaceAll(/\{[A-Za-z]+\}/g, "[^/]+")}$`);
}
