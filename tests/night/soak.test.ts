import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { describe, it } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { descendants, held } from "../support/process-tree.ts";
import { drawnPicture } from "../support/seeded-server.ts";
import { type ServerProcess, startServerProcess, temporaryFolder } from "../support/server-process.ts";

const MINUTES = Number(process.env["SAMEFACE_SOAK_MINUTES"] ?? "30");
const CALIBRATION_MS = 10_000;
const TICK_MS = 100;
const SAMPLE_MS = 5_000;
const CHILD_KILLED_EVERY_MS = 30_000;
/** For what waits for its retries when the load has ended. */
const DRAIN_MS = 10 * 60_000;
/** Callers who wait no longer than this many at once: a server that stalls is not buried. */
const MOST_OPEN = 200;
/** Every so many attempts with a face that the engine has to look at. */
const FACE_EVERY = 20;
/** Of the middle third, by the end: what garbage collection moves within half an hour. */
const MOST_GROWTH = 0.1;

/** A shorter run shows that it runs; a process is still warming up then. */
const FEWEST_MINUTES = 20;

/** What an endpoint does with the n-th request. */
type Behaviour = (response: ServerResponse, request: IncomingMessage, n: number) => void;

const take = (response: ServerResponse): void => {
  response.writeHead(204).end();
};
const ENDPOINTS: Readonly<Record<string, Behaviour>> = {
  steady: take,
  flapping: (response, _, n) => {
    response.writeHead(n % 5 === 0 ? 503 : 204).end();
  },
  resetting: (response, { socket }, n) => {
    if (n % 7 === 0) socket.resetAndDestroy();
    else take(response);
  },
  slow: (response) => {
    setTimeout(take, 20, response);
  },
  hanging: () => undefined,
};
/** Those that take everything in the end. */
const TAKING = ["steady", "flapping", "resetting", "slow"];

interface Receiver {
  readonly url: string;
  /** Ids that each endpoint took. */
  readonly taken: ReadonlyMap<string, ReadonlySet<string>>;
  readonly close: () => void;
}

async function startReceiver(): Promise<Receiver> {
  const taken = new Map(Object.keys(ENDPOINTS).map((name) => [name, new Set<string>()]));
  const digests = new Map<string, string>();
  const counts: Record<string, number> = {};
  const server = createServer((request, response) => {
    const name = request.url?.slice(1) ?? "";
    const hash = createHash("sha1");
    request.on("error", () => undefined);
    request.on("data", (chunk: Buffer) => hash.update(chunk));
    request.on("end", () => {
      const n = (counts[name] ?? 0) + 1;
      counts[name] = n;
      const id = String(request.headers["webhook-id"]);
      const digest = hash.digest("base64");
      assert.equal(digests.get(id) ?? digest, digest, `one id, two bodies: ${id}`);
      digests.set(id, digest);
      response.on("finish", () => response.statusCode === 204 && taken.get(name)?.add(id));
      ENDPOINTS[name]?.(response, request, n);
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    taken,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** What callers were answered. */
interface Story {
  readonly acknowledged: Set<string>;
  readonly statuses: Record<string, number>;
  asked: number;
}

async function startCalling(
  server: ServerProcess,
): Promise<{ readonly story: Story; readonly call: () => Promise<void> }> {
  const image = await drawnPicture({ person: 12, take: 0 });
  const again = await drawnPicture({ person: 12, take: 1 });
  const body = { image, consent: { reference: "soak" } };
  assert.equal((await server.call("/v1/customers/anna", { method: "PUT", body })).status, 201);
  const story: Story = { acknowledged: new Set(), statuses: {}, asked: 0 };
  const call = async (): Promise<void> => {
    const n = (story.asked += 1);
    const attempt =
      n % FACE_EVERY === 0 ? { customerId: "anna", image: again } : { customerId: `x-${n}`, image: "AAAA" };
    const answer = await server.call("/v1/authentications", { method: "POST", body: attempt });
    story.statuses[answer.status] = (story.statuses[answer.status] ?? 0) + 1;
    if (answer.status === 200) story.acknowledged.add(String(answer.body["eventId"]));
  };
  return { story, call };
}

/** Attempts a second with eight callers, one after another each. */
async function capacityOf(call: () => Promise<void>): Promise<number> {
  const startedMs = performance.now();
  let count = 0;
  await Promise.all(
    Array.from({ length: 8 }, async () => {
      for (; performance.now() - startedMs < CALIBRATION_MS; count += 1) await call();
    }),
  );
  return count / (CALIBRATION_MS / 1_000);
}

/** Faults that go on beside the load, besides those of the endpoints: half a request, and a child of the engine that dies. */
function startFaults(server: ServerProcess): { stop(): void; readonly killed: () => number } {
  let killed = 0;
  const broken = setInterval(() => {
    const socket = connect(Number(new URL(server.url).port), "127.0.0.1");
    socket.on("error", () => undefined);
    socket.write("POST /v1/authentications HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{", () => {
      socket.resetAndDestroy();
    });
  }, 1_000);
  const dying = setInterval(() => {
    const [child] = descendants(server.process.pid ?? 0);
    if (child === undefined) return;
    process.kill(child, "SIGKILL");
    killed += 1;
  }, CHILD_KILLED_EVERY_MS);
  return {
    killed: () => killed,
    stop: () => {
      clearInterval(broken);
      clearInterval(dying);
    },
  };
}

/** What a server held at a time of the run. */
interface Sample {
  readonly atMs: number;
  readonly rssBytes: number;
  readonly descriptors: number;
}

/** So many attempts a second, whatever the answers take, until the time is up. @returns what the server held meanwhile */
async function soak(
  server: ServerProcess,
  { perSecond, call }: { readonly perSecond: number; readonly call: () => Promise<void> },
): Promise<readonly Sample[]> {
  const samples: Sample[] = [];
  const startedMs = performance.now();
  const endMs = startedMs + MINUTES * 60_000;
  const open = new Set<Promise<void>>();
  let due = 0;
  for (let nowMs = startedMs; nowMs < endMs; nowMs = performance.now()) {
    for (due += (perSecond * TICK_MS) / 1_000; due >= 1; due -= 1) {
      if (open.size >= MOST_OPEN) continue;
      const one = call().finally(() => open.delete(one));
      open.add(one);
    }
    if (nowMs - startedMs >= samples.length * SAMPLE_MS)
      samples.push({ atMs: nowMs - startedMs, ...held(server.process.pid ?? 0) });
    await delay(TICK_MS);
  }
  await Promise.all(open);
  return samples;
}

const megabytes = ({ rssBytes }: Sample): number => rssBytes / 1e6;

/** Of a line through the last two thirds, by least squares, an hour. */
function slopeOf(samples: readonly Sample[], value: (sample: Sample) => number): number {
  const late = samples.slice(Math.floor(samples.length / 3));
  const meanX = late.reduce((sum, { atMs }) => sum + atMs, 0) / late.length;
  const meanY = late.reduce((sum, one) => sum + value(one), 0) / late.length;
  const over = late.reduce((sum, one) => sum + (one.atMs - meanX) * (value(one) - meanY), 0);
  const under = late.reduce((sum, one) => sum + (one.atMs - meanX) ** 2, 0);
  return (over / under) * 3_600_000;
}

/** What it holds when it holds least, in the last third beside the middle one: what comes and goes is not counted. */
function growth(
  samples: readonly Sample[],
  value: (sample: Sample) => number,
): readonly [middle: number, last: number] {
  const third = Math.floor(samples.length / 3);
  const of = (from: number, to?: number): number => Math.min(...samples.slice(from, to).map((sample) => value(sample)));
  return [of(third, 2 * third), of(2 * third)];
}

/** How many were acknowledged, and not taken by each endpoint that takes, when the patience ends. */
async function lostOf({ acknowledged }: Story, { taken }: Receiver): Promise<number> {
  const missingAt = (name: string): number =>
    [...acknowledged].filter((id) => taken.get(name)?.has(id) !== true).length;
  const missing = (): number => TAKING.reduce((sum, name) => sum + missingAt(name), 0);
  const endMs = performance.now() + DRAIN_MS;
  while (missing() > 0 && performance.now() < endMs) await delay(1_000);
  return missing();
}

/** A new server with all endpoints, and the way to be rid of the one that takes nothing. */
async function startLoaded(folder: string, receiver: Receiver) {
  const retries = Array.from({ length: 40 }, () => "2").join(",");
  const env = { SAMEFACE_LOG_LEVEL: "error", SAMEFACE_RETRY_SCHEDULE: retries };
  const server = await startServerProcess({ folder, env });
  const ids = new Map<string, string>();
  for (const name of Object.keys(ENDPOINTS)) {
    const made = await server.call("/v1/endpoints", { method: "POST", body: { url: `${receiver.url}/${name}` } });
    ids.set(name, String(made.body["id"]));
  }
  const disable = async (name: string): Promise<void> => {
    await server.call(`/v1/endpoints/${ids.get(name)}/disable`, { method: "POST" });
  };
  return { server, disable };
}

const rounded = (value: number): number => Math.round(value * 10) / 10;

describe(`a server at half its load for ${MINUTES} minutes, with faults on`, () => {
  it("grows neither in memory nor in descriptors, and loses nothing", {
    timeout: (MINUTES + 30) * 60_000,
  }, async () => {
    await using folder = await temporaryFolder();
    const receiver = await startReceiver();
    const { server, disable } = await startLoaded(folder.path, receiver);
    const { story, call } = await startCalling(server);
    const capacity = await capacityOf(call);
    const faults = startFaults(server);
    const samples = await soak(server, { perSecond: capacity / 2, call });
    faults.stop();
    await disable("hanging");
    const lost = await lostOf(story, receiver);
    const rss = growth(samples, megabytes);
    const descriptors = growth(samples, (sample) => sample.descriptors);
    const figures = {
      minutes: MINUTES,
      capacityPerSecond: Math.round(capacity),
      loadPerSecond: Math.round(capacity / 2),
      acknowledged: story.acknowledged.size,
      statuses: story.statuses,
      lost,
      engineChildrenKilled: faults.killed(),
      leastRssMb: rss.map((value) => rounded(value)),
      rssSlopeMbPerHour: rounded(slopeOf(samples, megabytes)),
      leastDescriptors: descriptors,
      descriptorsSlopePerHour: rounded(slopeOf(samples, (sample) => sample.descriptors)),
    };
    console.log(`soak ${JSON.stringify(figures)}`);
    await server.stop();
    receiver.close();
    assert.equal(lost, 0, "acknowledged and never taken");
    if (MINUTES < FEWEST_MINUTES) return;
    for (const [middle, last] of [rss, descriptors])
      assert.ok(last <= middle * (1 + MOST_GROWTH), `${last} of ${middle}`);
  });
});
