import { readFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { networkInterfaces } from "node:os";
import { resolve } from "node:path";
import { bareImage, compare, type Engine } from "@sameface/engine";
import type { Adapters } from "./adapters.ts";
import type { Captures } from "./capture/captures.ts";
import { capturesOf } from "./captures-of.ts";
import { type Clock, systemClock } from "./clock.ts";
import { describe } from "./config/read-config.ts";
import type { Config } from "./config/settings.ts";
import { type Network, parseNetworks } from "./delivery/address.ts";
import { createEndpoints, type Endpoints } from "./delivery/endpoints.ts";
import { createReplayRunner, type ReplayRunner } from "./delivery/replay-runner.ts";
import { createResolver } from "./delivery/resolver.ts";
import { createRhythmWatch, type RhythmWatch } from "./delivery/rhythm-watch.ts";
import { createSender, type Sender } from "./delivery/send.ts";
import { createSigningThread, type SigningThread } from "./delivery/signing-thread.ts";
import { createStreams, type Streams } from "./delivery/streams.ts";
import { createSweeper, type Sweeper } from "./delivery/sweeper.ts";
import { createDeliveryWorker, type DeliveryWorker } from "./delivery/worker.ts";
import { auditRoutes } from "./http/audit.ts";
import { authenticationRoutes } from "./http/authentications.ts";
import { captureRoutes } from "./http/capture-routes.ts";
import { createHttpServer } from "./http/create-http-server.ts";
import { customerExportRoutes } from "./http/customer-export.ts";
import { customerRoutes } from "./http/customers.ts";
import { deliveryRoutes } from "./http/deliveries.ts";
import { documentRoutes } from "./http/documents.ts";
import { endpointRoutes } from "./http/endpoints.ts";
import { eventRoutes } from "./http/events.ts";
import { healthRoutes } from "./http/health.ts";
import { createKeyring } from "./http/keyring.ts";
import { keyRoutes } from "./http/keys.ts";
import { createLog, faultFields, type Log } from "./http/log.ts";
import { metricsRoutes } from "./http/metrics.ts";
import { openApiDocument } from "./http/openapi.ts";
import { operatorEventRoutes } from "./http/operator-events.ts";
import { overviewRoutes } from "./http/overview.ts";
import { pageRoutes } from "./http/pages.ts";
import { pictureRoutes } from "./http/pictures.ts";
import { policyRoutes } from "./http/policy.ts";
import { replayRoutes } from "./http/replays.ts";
import { createRequestRate } from "./http/request-rate.ts";
import { ensureRootKey } from "./http/root-key.ts";
import type { Route } from "./http/route.ts";
import { ROUTE_SHAPES } from "./http/route-shapes.ts";
import { sessionRoutes } from "./http/session-routes.ts";
import { createSessions, type Sessions } from "./http/sessions.ts";
import { sourceRoutes } from "./http/sources.ts";
import { statisticsRoutes } from "./http/statistics.ts";
import { streamRoutes } from "./http/streams.ts";
import { tenantRoutes } from "./http/tenants.ts";
import { webhookKeyRoutes } from "./http/webhook-keys.ts";
import { listeningUrl } from "./listening-url.ts";
import { logReport } from "./log-report.ts";
import { stderrSink } from "./log-sink.ts";
import { createMetrics, type Metrics } from "./metrics/create-metrics.ts";
import { watchProcess } from "./metrics/process-use.ts";
import { openStores } from "./open-stores.ts";
import { readTenantPolicy } from "./policy/tenant-policy.ts";
import { pooled, type Random, systemRandom } from "./random.ts";
import { ServerError } from "./server-error.ts";
import { toStartFault } from "./start-fault.ts";
import { startNotices } from "./start-notices.ts";
import type { Store } from "./store/store.ts";
import type { Tracer } from "./tracing/tracer.ts";
import { createRewrapper } from "./vault/rewrapper.ts";
import { type Unlocked, unlockVault } from "./vault/unlock-vault.ts";
import type { Vault } from "./vault/vault.ts";

/** How to start a server. */
export interface ServerOptions {
  /** As {@link loadConfig} answers it. */
  readonly config: Config;
  /** The folder of the pages, `index.html` and `assets/`; absent: there are none. */
  readonly pages?: URL;
  /** Takes one JSON line of the log, its line break included; absent: standard error. */
  readonly writeLog?: (line: string) => void;
}

/** A server that answers. */
export interface RunningServer {
  /** `http://127.0.0.1:8080`: where it listens, for a client on this host. */
  readonly url: string;
  /** The root key that this start made, to be shown this once; `null`: there was one, or the setting names it. */
  readonly adminKey: string | null;
  /** What an operator should be told at every start: networks that are opened, a schedule that differs, … */
  readonly notices: readonly string[];
  /** Stops accepting, finishes what runs, gives leases back, ends every child: within 10 s. Repeatable. */
  close(): Promise<void>;
}

/** The whole of a start and a stop stays within 10 s with what comes after (reliability.md F26). */
const FINISH_REQUESTS_MS = 4_000;
const RESOLVE_MS = 3_000;

/** The version of this package, as `user-agent` and the OpenAPI document tell it. */
export const VERSION = versionOf(new URL("../package.json", import.meta.url));

/** Starts a server over these parts. @see startServer */
export async function startWith(adapters: Adapters, options: ServerOptions): Promise<RunningServer> {
  const { config } = options;
  const allowedNetworks = networksOf(config, "allowedPrivateNetworks");
  networksOf(config, "trustedProxies");
  const started: (() => Promise<void>)[] = [];
  try {
    const random = pooled(systemRandom);
    return await start({ ...options, adapters, allowedNetworks, clock: systemClock, random }, started);
  } catch (fault) {
    // Last started, first ended; what is told is why the start failed, not what that broke.
    for (const end of started.toReversed()) await end().catch(() => undefined);
    throw toStartFault(fault, config);
  }
}

/** The HTTP server, by the function that makes it: Fastify is known to http alone. */
type App = Awaited<ReturnType<typeof createHttpServer>>;

interface World extends ServerOptions {
  readonly adapters: Adapters;
  readonly allowedNetworks: readonly Network[];
  readonly clock: Clock;
  readonly random: Random;
}

interface Parts extends World {
  readonly store: Store;
  readonly vault: Vault;
  /** `null`: the role api is not this process's. */
  readonly engine: Engine | null;
  readonly sender: Sender;
  readonly signing: SigningThread;
  readonly endpoints: Endpoints;
  readonly streams: Streams;
  /** `null`: the role api is not this process's. */
  readonly captures: Captures | null;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly tracer: Tracer;
  /** Where the server listens; empty until it does. */
  readonly listeners: { readonly address: string; readonly port: number }[];
}

async function start(world: World, started: (() => Promise<void>)[]): Promise<RunningServer> {
  const { config, clock, random } = world;
  const log = createLog({ level: config.logLevel, clock, write: world.writeLog ?? stderrSink(clock) });
  const folder = resolve(config.data);
  const { store, sweepStore } = await openStores({ ...world, folder }, started);
  const keyFile = `${folder}.key`;
  const unlocked = await unlock({ config, store, random, keyFile });
  const engine = config.roles.includes("api") ? await startEngine(world, started) : null;
  const watch = watchProcess();
  const metrics = createMetrics({ store, engine, readProcess: watch.read, version: VERSION, roles: config.roles });
  const tracer = await startTracer(world, { log, started });
  const parts = partsOf(world, { store, vault: unlocked.vault, engine, log, metrics, tracer });
  const adminKey = engine === null ? null : await ensureRootKey({ store, random, adminKey: config.adminKey ?? null });
  const delivers = config.roles.includes("delivery");
  const notices = startNotices({ ...parts, ...unlocked, keyFile, isRoot: process.getuid?.() === 0 });
  const app = await createApp(parts, { delivers, notices });
  started.push(async () => {
    await app.close();
  });
  await app.listen({ host: config.host, port: config.port });
  const at = app.server.address() as AddressInfo;
  parts.listeners.push({ address: at.address, port: at.port });
  const rewrappers = unlocked.keys === "rewrapping" && engine !== null ? [rewrapperOf(parts)] : [];
  const captures = parts.captures === null ? [] : [parts.captures];
  const jobs = [watch, ...captures, ...(delivers ? deliveryJobs(parts, sweepStore) : []), ...rewrappers];
  for (const job of jobs) job.start();
  if (engine !== null) parts.streams.start();
  const close = closeOf({ ...parts, app, jobs });
  return { url: listeningUrl(at), adminKey, notices, close };
}

/** What runs beside the requests. */
interface Job {
  start(): void;
  stop(): Promise<void> | void;
}

function deliveryJobs(parts: Parts, sweepStore: Store): readonly Job[] {
  return [createWorker(parts), createReplays(parts), createRhythms(parts), sweeperOf({ ...parts, store: sweepStore })];
}

async function unlock(
  options: Pick<World, "config" | "random"> & { readonly store: Store; readonly keyFile: string },
): Promise<Unlocked> {
  const { masterKey = null, previousMasterKey = null } = options.config;
  const keys = { masterKeyText: masterKey, otherKeyText: previousMasterKey };
  return await unlockVault({ ...options, ...keys, meta: options.store });
}

async function startEngine({ adapters, config }: World, started: (() => Promise<void>)[]): Promise<Engine> {
  const engine = await adapters.startEngine(config);
  started.push(async () => {
    await engine.close();
  });
  return engine;
}

async function startTracer(
  { adapters, config }: World,
  { log, started }: { readonly log: Log; readonly started: (() => Promise<void>)[] },
): Promise<Tracer> {
  const report = (fault: unknown): void => {
    log.warn("traces were not taken by the collector", faultFields(fault));
  };
  const tracer = await adapters.startTracer({ config, version: VERSION, report });
  started.push(async () => {
    await tracer.close();
  });
  return tracer;
}

function partsOf(world: World, made: Pick<Parts, "store" | "vault" | "engine" | "log" | "metrics" | "tracer">): Parts {
  const { clock, random, allowedNetworks } = world;
  const listeners: { address: string; port: number }[] = [];
  const sender = createSender({
    resolver: createResolver({ clock, timeoutMs: RESOLVE_MS }),
    allowedNetworks,
    clock,
    ownListeners: () => listeners,
    ownAddresses: () => Object.values(networkInterfaces()).flatMap((all) => (all ?? []).map((one) => one.address)),
  });
  const { send, guard } = sender;
  const endpoints = createEndpoints({ ...made, clock, random, allowedNetworks, guard, send, version: VERSION });
  const streams = createStreams({ ...made, clock, random, version: VERSION });
  const signing = createSigningThread({
    onFault: (fault) => {
      made.log.warn("signatures were made without their own thread", faultFields(fault));
    },
  });
  const parts = { ...world, ...made, sender, signing, endpoints, streams, listeners };
  const captures = made.engine === null ? null : capturesOf({ ...parts, engine: made.engine });
  return { ...parts, captures };
}

function createWorker(parts: Parts): DeliveryWorker {
  const { sender, signing, log, metrics, config } = parts;
  const { retrySchedule } = config;
  return createDeliveryWorker({
    ...parts,
    send: sender.send,
    signEd25519: signing.sign,
    version: VERSION,
    standardWaitsMs: retrySchedule === undefined ? null : retrySchedule.map((seconds) => seconds * 1_000),
    report: (report) => {
      logReport(log, report);
      metrics.reported(report);
    },
  });
}

function createRhythms({ store, clock, log }: Parts): RhythmWatch {
  const report = (fault: unknown): void => {
    log.error("silences are not watched now", faultFields(fault));
  };
  return createRhythmWatch({ store, clock, report });
}

function createReplays({ store, clock, random, log }: Parts): ReplayRunner {
  const report = (fault: unknown): void => {
    log.error("a replay waits for the store", faultFields(fault));
  };
  return createReplayRunner({ store, clock, random, report });
}

function sweeperOf({ store, clock, random, log, metrics, config }: Parts): Sweeper {
  return createSweeper({
    store,
    clock,
    random,
    keepDays: config.retentionDays,
    customerDays: config.customerRetentionDays,
    report: (report) => {
      logReport(log, report);
      metrics.reported(report);
    },
  });
}

function rewrapperOf({ store, vault, clock, log }: Parts): Job {
  return createRewrapper({
    store,
    vault,
    clock,
    report: (report) => {
      logReport(log, report);
    },
  });
}

async function createApp(
  parts: Parts,
  { delivers, notices }: { readonly delivers: boolean; readonly notices: readonly string[] },
): Promise<App> {
  const { config, store, clock, random, log, metrics, tracer } = parts;
  const keyring = createKeyring({
    store,
    clock,
    onFault: (fault) => {
      log.warn("the last use of a key was not recorded", faultFields(fault));
    },
  });
  const openapi = openApiDocument(ROUTE_SHAPES, { version: VERSION, serverUrl: config.publicUrl ?? null });
  const sessions = sessionsOf(parts);
  const dashboard = [
    ...sessionRoutes({ ...parts, ...config, sessions, version: VERSION, notices }),
    ...(await pageRoutes(parts.pages ?? null, parts.captures)),
  ];
  const routes: readonly Route[] = [
    ...healthRoutes({ ...parts, delivers }),
    ...metricsRoutes(parts),
    ...documentRoutes({ openapi }),
    ...(parts.engine === null ? [] : [...apiRoutes({ ...parts, engine: parts.engine }), ...dashboard]),
  ];
  const { trustedProxies, publicUrl = null, tenantRequestsPerSecond = null, keyRequestsPerSecond = null } = config;
  const rates = {
    tenant: createRequestRate({ clock, perSecond: tenantRequestsPerSecond }),
    key: createRequestRate({ clock, perSecond: keyRequestsPerSecond }),
  };
  const world = { log, metrics, tracer, clock, random, trustedProxies, publicUrl };
  return await createHttpServer({ ...world, routes, keyring, sessions, rates });
}

function sessionsOf({ store, clock, random, log }: Parts): Sessions {
  const onFault = (fault: unknown): void => {
    log.warn("the last use of a session was not recorded", faultFields(fault));
  };
  return createSessions({ store, clock, random, onFault });
}

function apiRoutes(parts: Parts & { readonly engine: Engine }): readonly Route[] {
  const readPolicy = async (tenantId: string) => await readTenantPolicy(parts.store, tenantId);
  return [
    ...customerRoutes({ ...parts, readPolicy }),
    ...customerExportRoutes({ ...parts, readPolicy }),
    ...sourceRoutes(parts),
    ...authenticationRoutes({ ...parts, readPolicy, compare, bare: bareImage }),
    ...captureRoutes(parts),
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
}

function closeOf(parts: Parts & { readonly app: App; readonly jobs: readonly Job[] }): () => Promise<void> {
  const { app, jobs, engine, sender, signing, streams, store, tracer, clock } = parts;
  const end = async (): Promise<void> => {
    const cancel = clock.after(FINISH_REQUESTS_MS, () => {
      // What still runs is answered 503 by a closing engine, or learns it from its socket: nothing of it is decided.
      app.server.closeAllConnections();
    });
    streams.close();
    await Promise.all([app.close(), ...jobs.map((job) => job.stop())]);
    cancel();
    sender.close();
    await signing.close();
    await engine?.close();
    await store.close();
    await tracer.close();
  };
  let ended: Promise<void> | null = null;
  return async () => {
    ended ??= end();
    await ended;
  };
}

function networksOf(config: Config, name: "allowedPrivateNetworks" | "trustedProxies"): readonly Network[] {
  const text = config[name].join(",");
  const parsed = parseNetworks(text);
  if (parsed.ok) return parsed.networks;
  throw new ServerError("invalidSetting", describe(name, text, parsed.message));
}

function versionOf(file: URL): string {
  const { version } = JSON.parse(readFileSync(file, "utf8")) as { readonly version: string };
  return version;
}
