import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ServerProcess, startServerProcess } from "../tests/support/server-process.ts";
import { type Bench, percentile } from "./bench.ts";
import { runFloor } from "./floor.ts";
import { type CountingReceiver, startReceiver } from "./start-receiver.ts";

/** Endpoints of the server, each with at most ten requests in flight. */
const ENDPOINTS = 10;
const CONCURRENCY = ENDPOINTS * 10;
/** Callers that authenticate at the same time. */
const CALLERS = 8;
const ROUNDS = 3;
const DELIVERIES = 3_000;
const PACED = 200;

/** @see interface.md, "Figures as data" */
interface DeliveryFigures {
  readonly floorPerSecond: number;
  readonly drainPerSecond: number;
  /** Drain by floor, median of the rounds, each run right after the other. */
  readonly ratio: number;
  readonly ratios: readonly number[];
  readonly acceptPerSecond: number;
  readonly acceptP99Ms: number;
  readonly receiptP50Ms: number;
  readonly receiptP99Ms: number;
  readonly rssMb: number;
  readonly deliveries: number;
}

/** Both stores; PostgreSQL where SAMEFACE_TEST_POSTGRES_URL names one. */
export const deliveryBench: Bench = async (tell) => {
  const figures: Record<string, DeliveryFigures> = { sqlite: await benchStore({ tell, env: {} }) };
  const postgres = process.env["SAMEFACE_TEST_POSTGRES_URL"];
  if (postgres !== undefined) {
    figures["postgres"] = await benchStore({ tell, env: { SAMEFACE_DATABASE_URL: postgres } });
  }
  const lines = Object.entries(figures).map(([store, one]) => `${store}: ${JSON.stringify(one)}`);
  return { figures, lines };
};

interface Run {
  readonly env: Readonly<Record<string, string>>;
  readonly tell: (line: string) => void;
}

async function benchStore({ env, tell }: Run): Promise<DeliveryFigures> {
  const folder = await mkdtemp(join(tmpdir(), "sameface-bench-"));
  const receiver = await startReceiver();
  const server = await startServerProcess({
    folder: join(folder, "data"),
    env: { ...env, SAMEFACE_LOG_LEVEL: "error" },
  });
  try {
    const endpoints = await Promise.all(
      Array.from({ length: ENDPOINTS }, async (_, at) => await addEndpoint(server, `${receiver.url}/in/${at}`)),
    );
    const rounds: { floor: number; drain: number }[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      rounds.push(await oneRound({ server, receiver, endpoints, floorFirst: round % 2 === 0 }));
      tell(`round ${round + 1}: floor ${rounds.at(-1)?.floor} drain ${rounds.at(-1)?.drain} a second`);
    }
    const accepted = await accept(server, { count: DELIVERIES / ENDPOINTS, callers: CALLERS });
    const paced = await pacedReceipts({ server, receiver, endpoints });
    const ratios = rounds.map(({ floor, drain }) => round2(drain / floor));
    return {
      floorPerSecond: median(rounds.map((one) => one.floor)),
      drainPerSecond: median(rounds.map((one) => one.drain)),
      ratio: median(ratios),
      ratios,
      acceptPerSecond: Math.round(accepted.length / secondsOf(accepted)),
      acceptP99Ms: percentile(
        accepted.map((one) => one.answeredMs - one.askedMs),
        0.99,
      ),
      receiptP50Ms: percentile(paced, 0.5),
      receiptP99Ms: percentile(paced, 0.99),
      rssMb: rssMb(server),
      deliveries: DELIVERIES * ROUNDS,
    };
  } finally {
    await server.stop("SIGTERM");
    receiver.close();
    await rm(folder, { recursive: true, force: true });
  }
}

interface Round {
  readonly server: ServerProcess;
  readonly receiver: CountingReceiver;
  readonly endpoints: readonly string[];
  readonly floorFirst: boolean;
}

/** Floor and drain, right after each other, with the same number of requests to the same receiver. */
async function oneRound(round: Round): Promise<{ floor: number; drain: number }> {
  if (!round.floorFirst) {
    const drain = await drainOnce(round);
    return { drain, floor: await floorOnce(round) };
  }
  const floor = await floorOnce(round);
  return { floor, drain: await drainOnce(round) };
}

async function floorOnce({ receiver }: Round): Promise<number> {
  const { reached } = await receiver.expect(DELIVERIES);
  const startedMs = Date.now();
  await runFloor({ url: `${receiver.url}/floor`, count: DELIVERIES, concurrency: CONCURRENCY });
  return perSecond(DELIVERIES, startedMs, await reached);
}

/** What waits for disabled endpoints becomes due at once when they are enabled: that moment is the start. */
async function drainOnce({ server, receiver, endpoints }: Round): Promise<number> {
  await setAll(server, endpoints, "disable");
  await accept(server, { count: DELIVERIES / ENDPOINTS, callers: CALLERS });
  const { reached } = await receiver.expect(DELIVERIES);
  const startedMs = Date.now();
  await setAll(server, endpoints, "enable");
  return perSecond(DELIVERIES, startedMs, await reached);
}

/** From the answer to the caller to the arrival at the receiver, one authentication at a time. */
async function pacedReceipts({ server, receiver, endpoints }: Omit<Round, "floorFirst">): Promise<number[]> {
  await setAll(server, endpoints, "disable");
  await setAll(server, endpoints.slice(0, 1), "enable");
  // What the acceptance before has left for this endpoint arrives first.
  await drained(server);
  const { reached } = await receiver.expect(PACED);
  const answered = new Map<string, number>();
  for (const one of await accept(server, { count: PACED, callers: 1 })) answered.set(one.eventId, one.answeredMs);
  // An arrival may overtake the answer on its way to the caller: that is no wait.
  return (await reached).map(([id, atMs]) => Math.max(0, atMs - (answered.get(id) ?? atMs)));
}

async function drained(server: ServerProcess): Promise<void> {
  for (const status of ["pending", "inFlight"]) {
    for (;;) {
      const { body } = await server.call(`/v1/deliveries?status=${status}&limit=1`);
      if ((body["items"] as readonly unknown[]).length === 0) break;
    }
  }
}

interface Accepted {
  readonly eventId: string;
  readonly askedMs: number;
  readonly answeredMs: number;
}

/** Authentications of customers whom nobody enrolled: decided without the engine, so that delivery is what is measured. */
async function accept(
  server: ServerProcess,
  { count, callers }: { readonly count: number; readonly callers: number },
): Promise<readonly Accepted[]> {
  const image = Buffer.from([0xff, 0xd8, 0xff, 0xe0]).toString("base64");
  const accepted: Accepted[] = [];
  let left = count;
  const caller = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      const body = { customerId: `bench-${randomBytes(8).toString("hex")}`, image };
      const askedMs = Date.now();
      const answer = await server.call("/v1/authentications", { method: "POST", body });
      if (answer.status !== 200) throw new Error(`an authentication was answered ${answer.status}`);
      accepted.push({ eventId: String(answer.body["eventId"]), askedMs, answeredMs: Date.now() });
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  return accepted;
}

async function addEndpoint(server: ServerProcess, url: string): Promise<string> {
  const { body } = await server.call("/v1/endpoints", { method: "POST", body: { url } });
  return String(body["id"]);
}

async function setAll(server: ServerProcess, ids: readonly string[], state: "enable" | "disable"): Promise<void> {
  await Promise.all(ids.map(async (id) => await server.call(`/v1/endpoints/${id}/${state}`, { method: "POST" })));
}

function perSecond(count: number, startedMs: number, arrivals: readonly (readonly [string, number])[]): number {
  const lastMs = Math.max(...arrivals.map(([, atMs]) => atMs));
  return Math.round((count * 1_000) / (lastMs - startedMs));
}

function secondsOf(accepted: readonly Accepted[]): number {
  const first = Math.min(...accepted.map((one) => one.askedMs));
  return (Math.max(...accepted.map((one) => one.answeredMs)) - first) / 1_000;
}

function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

function round2(value: number): number {
  return Math.round(value * 100) / 100;
}

/** Resident memory of the server's own process; its children decode pictures and are not counted. */
function rssMb({ process: { pid } }: ServerProcess): number {
  try {
    const kb = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    return Math.round(Number(kb) / 1_000);
  } catch {
    return Number.NaN;
  }
}
