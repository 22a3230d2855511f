import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { describe, it } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { complaintsOf, growthOf } from "../support/flat.ts";
import { descendants, held } from "../support/process-tree.ts";
import { drawnPicture } from "../support/seeded-server.ts";
import { type ServerProcess, startServerProcess, temporaryFolder } from "../support/server-process.ts";

const MINUTES = Number(process.env["SAMEFACE_SOAK_MINUTES"] ?? "30");
const CALIBRATION_MS = 10_000;
const CALIBRATIONS = 3;
/** Before them: measured, memory has found its size after some 13,000 attempts, however long they take. */
const FIRST_ATTEMPTS = 20_000;
const TICK_MS = 100;
const SAMPLE_MS = 5_000;
const CHILD_KILLED_EVERY_MS = 30_000;
/** For what waits for its retries when the load has ended. */
const DRAIN_MS = 10 * 60_000;
/** Callers who wait no longer than this many at once: a server that stalls is not buried. */
const MOST_OPEN = 200;
/** Every so many attempts with a face that the engine has to look at. */
const FACE_EVERY = 20;
/** Code is compiled, caches and the heap take their sizes. A third where the whole is short, so that it tells figures too. */
const WARM_UP_MS = Math.min(10, MINUTES / 3) * 60_000;
/** A shorter run shows that it runs; too little of it comes after the warm-up. */
const FEWEST_MINUTES = 20;
const FIRST_MS = MINUTES < FEWEST_MINUTES ? CALIBRATION_MS : 8 * 60_000;

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
    // A connection may be closed by the one end while the other writes; what it asked was not acknowledged then.
    const asked = server.call("/v1/authentications", { method: "POST", body: attempt });
    const answer = await asked.catch(() => null);
    const status = answer?.status ?? "none";
    story.statuses[status] = (story.statuses[status] ?? 0) + 1;
    if (answer?.status === 200) story.acknowledged.add(String(answer.body["eventId"]));
  };
  return { story, call };
}

/**
 * What is accepted, or what the slowest of the endpoints takes meanwhile, whichever is less: a load that waits longer and
 * longer is none that a server bears. The median of several looks: what else a machine does for some seconds is not the
 * server's.
 */
async function capacityOf(call: () => Promise<void>, { taken }: Pick<Receiver, "taken">): Promise<number> {
  await attemptsPerSecond(call, { forMs: FIRST_MS, most: FIRST_ATTEMPTS });
  const looks: number[] = [];
  for (let n = 0; n < CALIBRATIONS; n += 1) {
    const before = TAKING.map((name) => taken.get(name)?.size ?? 0);
    const startedMs = performance.now();
    const accepted = await attemptsPerSecond(call, { forMs: CALIBRATION_MS });
    const seconds = (performance.now() - startedMs) / 1_000;
    const byEndpoint = TAKING.map((name, at) => ((taken.get(name)?.size ?? 0) - (before[at] ?? 0)) / seconds);
    looks.push(Math.min(accepted, ...byEndpoint));
  }
  const sorted = looks.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

/** With eight callers, one attempt after another each. */
async function attemptsPerSecond(
  call: () => Promise<void>,
  { forMs, most = Number.POSITIVE_INFINITY }: { readonly forMs: number; readonly most?: number },
): Promise<number> {
  const startedMs = performance.now();
  let count = 0;
  await Promise.all(
    Array.from({ length: 8 }, async () => {
      for (; performance.now() - startedMs < forMs && count < most; count += 1) await call();
    }),
  );
  return count / ((performance.now() - startedMs) / 1_000);
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
    timeout: (MINUTES + 40) * 60_000,
  }, async () => {
    await using folder = await temporaryFolder();
    const receiver = await startReceiver();
    const { server, disable } = await startLoaded(folder.path, receiver);
    const { story, call } = await startCalling(server);
    const capacity = await capacityOf(call, receiver);
    const before = story.acknowledged.size;
    const faults = startFaults(server);
    const samples = await soak(server, { perSecond: capacity / 2, call });
    faults.stop();
    await disable("hanging");
    const lost = await lostOf(story, receiver);
    const rssBytes = samples.map(({ atMs, rssBytes: value }) => ({ atMs, value }));
    const descriptors = samples.map(({ atMs, descriptors: value }) => ({ atMs, value }));
    const rss = growthOf(rssBytes, WARM_UP_MS);
    const own = growthOf(descriptors, WARM_UP_MS);
    const authenticationsPerSecond = (story.acknowledged.size - before) / (MINUTES * 60);
    const complaints = complaintsOf({ rssBytes, descriptors, warmUpMs: WARM_UP_MS, authenticationsPerSecond });
    const figures = {
      minutes: MINUTES,
      capacityPerSecond: Math.round(capacity),
      loadPerSecond: Math.round(capacity / 2),
      acknowledged: story.acknowledged.size,
      statuses: story.statuses,
      lost,
      engineChildrenKilled: faults.killed(),
      judgedMinutes: rss.judgedMs / 60_000,
      rssMb: rounded(rss.level / 1e6),
      rssGrownMb: rounded(rss.grown / 1e6),
      descriptors: own.level,
      descriptorsGrown: rounded(own.grown),
    };
    console.log(`told: soak ${JSON.stringify(figures)}`);
    await server.stop();
    receiver.close();
    assert.equal(lost, 0, "acknowledged and never taken");
    if (MINUTES < FEWEST_MINUTES) return;
    assert.deepEqual(complaints, []);
  });
});
