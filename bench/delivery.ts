import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ServerProcess, startServerProcess } from "../tests/support/server-process.ts";
import { type Bench, percentile } from "./bench.ts";
import { type Accepted, accept } from "./callers.ts";
import { runFloor } from "./floor.ts";
import { withPostgres } from "./postgres.ts";
import { type CountingReceiver, startReceiver } from "./start-receiver.ts";

/** Endpoints of the server, each with at most ten requests in flight. */
const ENDPOINTS = 10;
const CONCURRENCY = ENDPOINTS * 10;
/** Callers that authenticate at the same time. */
const CALLERS = 64;
const ROUNDS = 3;
/** Of one round. */
const DELIVERIES = 7_000;
const ACCEPTED = 5_000;
/** Authentications a second while the way from the commit to the receiver is measured, and how many. */
const PACE = 300;
const PACED = 1_500;
const KEY = "bench-key-bench-key-bench-key-bench-key";
const MASTER_KEY = Buffer.alloc(32, 7).toString("base64");

/** @see interface.md, "Figures as data" */
interface DeliveryFigures {
  readonly nodes: number;
  readonly floorPerSecond: number;
  readonly drainPerSecond: number;
  /** Drain by floor, median of the rounds, each run right after the other. */
  readonly ratio: number;
  readonly ratios: readonly number[];
  /** Committed and flushed, one delivery each, nothing being delivered meanwhile. */
  readonly acceptPerSecond: number;
  readonly acceptP50Ms: number;
  readonly acceptP99Ms: number;
  /** From the answer to the caller to the arrival, at {@link PACE} a second. */
  readonly receiptP50Ms: number;
  readonly receiptP99Ms: number;
  /** Processor time of the nodes for one delivery of a drain. */
  readonly cpuMsPerDelivery: number;
  /** Of the first node's own process after all that. */
  readonly rssMb: number;
  readonly deliveries: number;
}

/** SQLite; and PostgreSQL with one node and with two, where one is installed. */
export const deliveryBench: Bench = async (tell) => {
  const figures: Record<string, DeliveryFigures> = {};
  figures["sqlite"] = await benchStore({ tell, env: {}, nodes: 1 });
  await withPostgres(tell, async (url) => {
    const env = { SAMEFACE_DATABASE_URL: url };
    figures["postgres"] = await benchStore({ tell, env, nodes: 1 });
    figures["postgresTwoNodes"] = await benchStore({ tell, env, nodes: 2 });
  });
  const lines = Object.entries(figures).map(([store, one]) => `${store}: ${JSON.stringify(one)}`);
  return { figures, lines };
};

interface Run {
  readonly env: Readonly<Record<string, string>>;
  readonly nodes: number;
  readonly tell: (line: string) => void;
}

/** What a round is run with. */
interface Setup {
  readonly nodes: readonly ServerProcess[];
  /** The one that is asked. */
  readonly server: ServerProcess;
  readonly receiver: CountingReceiver;
  readonly endpoints: readonly string[];
}

async function benchStore(run: Run): Promise<DeliveryFigures> {
  const folder = await mkdtemp(join(tmpdir(), "sameface-bench-"));
  const receiver = await startReceiver();
  const nodes: ServerProcess[] = [];
  try {
    const env = { ...run.env, SAMEFACE_LOG_LEVEL: "error", SAMEFACE_MASTER_KEY: MASTER_KEY };
    while (nodes.length < run.nodes) {
      nodes.push(await startServerProcess({ folder: join(folder, "data"), key: KEY, env }));
    }
    const [server] = nodes;
    if (server === undefined) throw new RangeError("at least one node");
    const urls = Array.from({ length: ENDPOINTS }, (_, at) => `${receiver.url}/in/${at}`);
    const endpoints = await Promise.all(urls.map(async (url) => await addEndpoint(server, url)));
    return await measure({ nodes, server, receiver, endpoints }, run);
  } finally {
    await Promise.all(nodes.map(async (node) => await node.stop("SIGTERM")));
    receiver.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function measure(setup: Setup, { tell }: Run): Promise<DeliveryFigures> {
  const rounds: Round[] = [];
  // Both sides compile what they run; the floor, which is this process, would be warm from the store before.
  const cold = await oneRound(setup, true);
  tell(`not counted, to warm up: floor ${cold.floor} drain ${cold.drain} a second`);
  for (let round = 0; round < ROUNDS; round += 1) {
    const one = await oneRound(setup, round % 2 === 0);
    rounds.push(one);
    tell(`round ${round + 1}: floor ${one.floor} drain ${one.drain} a second`);
  }
  const alone = await acceptAlone(setup);
  const waits = alone.map((one) => one.answeredMs - one.askedMs);
  const paced = await pacedReceipts(setup);
  const ratios = rounds.map(({ floor, drain }) => round2(drain / floor));
  const figures = {
    nodes: setup.nodes.length,
    floorPerSecond: median(rounds.map((one) => one.floor)),
    drainPerSecond: median(rounds.map((one) => one.drain)),
    ratio: median(ratios),
    ratios,
    acceptPerSecond: Math.round(alone.length / secondsOf(alone)),
    acceptP50Ms: median(waits),
    acceptP99Ms: percentile(waits, 0.99),
    receiptP50Ms: percentile(paced, 0.5),
    receiptP99Ms: percentile(paced, 0.99),
    cpuMsPerDelivery: round2(median(rounds.map((one) => one.cpuMs)) / DELIVERIES),
    rssMb: await rssMb(setup.server),
    deliveries: DELIVERIES * ROUNDS,
  };
  tell(JSON.stringify(figures));
  return figures;
}

interface Round {
  readonly floor: number;
  readonly drain: number;
  readonly cpuMs: number;
}

/** Floor and drain, right after each other, with the same number of requests to the same receiver. */
async function oneRound(setup: Setup, floorFirst: boolean): Promise<Round> {
  if (!floorFirst) {
    const drained = await drainOnce(setup);
    return { ...drained, floor: await floorOnce(setup) };
  }
  const floor = await floorOnce(setup);
  return { floor, ...(await drainOnce(setup)) };
}

async function floorOnce({ receiver }: Setup): Promise<number> {
  const { reached } = await receiver.expect(DELIVERIES);
  const startedMs = Date.now();
  await runFloor({ url: `${receiver.url}/floor`, count: DELIVERIES, concurrency: CONCURRENCY });
  return perSecond(startedMs, await reached);
}

/**
 * What waits for disabled endpoints becomes due at once when they are enabled. The start is the answer to that, and what
 * had arrived by then is not counted: changing the rows of a backlog is what the operator asked for, and no part of a drain.
 */
async function drainOnce(setup: Setup): Promise<Omit<Round, "floor">> {
  const { server, receiver, endpoints } = setup;
  await setAll(server, endpoints, "disable");
  await accept(server, { count: DELIVERIES / ENDPOINTS, callers: CALLERS });
  const { reached } = await receiver.expect(DELIVERIES);
  const before = await cpuMs(setup);
  await setAll(server, endpoints, "enable");
  const startedMs = Date.now();
  const drain = perSecond(startedMs, await reached);
  return { drain, cpuMs: (await cpuMs(setup)) - before };
}

/** One endpoint, disabled: each authentication makes one delivery, which is held. */
async function acceptAlone({ server, endpoints }: Setup): Promise<readonly Accepted[]> {
  await drained(server);
  await Promise.all(
    endpoints.slice(1).map(async (id) => await server.call(`/v1/endpoints/${id}`, { method: "DELETE" })),
  );
  await setAll(server, endpoints.slice(0, 1), "disable");
  await accept(server, { count: ACCEPTED / 5, callers: CALLERS });
  return await accept(server, { count: ACCEPTED, callers: CALLERS });
}

/** From the answer to the caller to the arrival at the receiver, at a steady pace. */
async function pacedReceipts({ server, receiver, endpoints }: Setup): Promise<number[]> {
  const first = await receiver.expect(ACCEPTED + ACCEPTED / 5);
  await setAll(server, endpoints.slice(0, 1), "enable");
  // What was accepted before arrives first.
  await first.reached;
  await drained(server);
  const { reached } = await receiver.expect(PACED);
  const answered = new Map<string, number>();
  for (const one of await accept(server, { count: PACED, callers: CALLERS, everyMs: 1_000 / PACE })) {
    answered.set(one.eventId, one.answeredMs);
  }
  // An arrival may overtake the answer on its way to the caller: that is no wait.
  return (await reached).map(([id, atMs]) => Math.max(0, atMs - (answered.get(id) ?? atMs)));
}

async function drained(server: ServerProcess): Promise<void> {
  for (const status of ["pending", "inFlight"]) {
    for (;;) {
      const { body } = await server.call(`/v1/deliveries?status=${status}&limit=1`);
      if ((body["items"] as readonly unknown[]).length === 0) break;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

async function addEndpoint(server: ServerProcess, url: string): Promise<string> {
  const { body } = await server.call("/v1/endpoints", { method: "POST", body: { url } });
  return String(body["id"]);
}

async function setAll(server: ServerProcess, ids: readonly string[], state: "enable" | "disable"): Promise<void> {
  await Promise.all(ids.map(async (id) => await server.call(`/v1/endpoints/${id}/${state}`, { method: "POST" })));
}

function perSecond(startedMs: number, arrivals: readonly (readonly [string, number])[]): number {
  const counted = arrivals.filter(([, atMs]) => atMs > startedMs);
  const lastMs = counted.reduce((last, [, atMs]) => Math.max(last, atMs), 0);
  return Math.round((counted.length * 1_000) / (lastMs - startedMs));
}

function secondsOf(accepted: readonly Accepted[]): number {
  const firstMs = accepted.reduce((first, one) => Math.min(first, one.askedMs), Number.POSITIVE_INFINITY);
  return (accepted.reduce((last, one) => Math.max(last, one.answeredMs), 0) - firstMs) / 1_000;
}

function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

function round2(value: number): number {
  return Math.round(value * 100) / 100;
}

/** Resident memory of the server's own process; its children decode pictures and are not counted. */
async function rssMb({ process: { pid } }: ServerProcess): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  return Math.round(Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1_000);
}

/** Linux counts in hundredths of a second; user and system time are the 14th and 15th field. */
async function cpuMs({ nodes }: Setup): Promise<number> {
  const ticks = await Promise.all(
    nodes.map(async ({ process: { pid } }) => {
      const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      return Number(fields[11]) + Number(fields[12]);
    }),
  );
  return ticks.reduce((sum, one) => sum + one, 0) * 10;
}
