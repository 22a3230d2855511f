import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { on, once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { newId, sample } from "@sameface/contract";
import { createSqliteStore } from "../store/sqlite/create-sqlite-store.ts";
import type { Store } from "../store/store.ts";
import { createVault, type Vault } from "../vault/vault.ts";
import { realRandom } from "./claimed.fixture.ts";
import { ASKED, PLAIN_SETTINGS } from "./delivery-store.fixture.ts";
import { createEndpoints } from "./endpoints.ts";
import { realClock } from "./real-clock.fixture.ts";
import { loopbackSender, networksOf } from "./sender.fixture.ts";
import { WORKER_LIMITS } from "./worker.ts";

const EVENTS = 10_000;
const AUDIT = { actor: "system", action: "test.done", target: "test:1", details: {} };
const FIXTURE = join(import.meta.dirname, "replayer-process.fixture.ts");

/** A receiver that runs its handler once for an id, as ours does, and counts requests. */
async function startReceiver() {
  const requests = new Map<string, { count: number; readonly hash: string }>();
  let changed = 0;
  const server = createServer((request, response) => {
    const id = String(request.headers["webhook-id"]);
    const hash = createHash("sha256");
    request.on("data", (chunk: Buffer) => hash.update(chunk));
    request.on("end", () => {
      const digest = hash.digest("hex");
      const known = requests.get(id);
      if (known === undefined) requests.set(id, { count: 1, hash: digest });
      else {
        known.count += 1;
        if (known.hash !== digest) changed += 1;
      }
      response.writeHead(204).end();
      server.emit("handled");
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    requests,
    changed: () => changed,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    until: async (isEnough: () => boolean) => {
      while (!isEnough()) await once(server, "handled");
    },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function decideMany(store: Store): Promise<void> {
  const { body } = sample("unknown-customer");
  const one = async (): Promise<unknown> =>
    await store.recordDecision({
      tenantId: ASKED.tenantId,
      customerId: "c1",
      subject: "subject",
      readRevision: null,
      authentication: {
        authenticationId: newId(realRandom),
        outcome: "unknown-customer",
        failure: "unknownCustomer",
        reason: null,
        transactionId: null,
        interviewId: null,
        details: "{}",
      },
      event: { eventId: newId(realRandom), body },
      counters: [],
      guard: { keys: [], limits: { waitAfterFailures: 5, waitMs: 30_000, stopAfterFailures: 50 } },
      idempotency: null,
    });
  await Promise.all(Array.from({ length: EVENTS }, one));
}

/** 10,000 events that no endpoint has got, an endpoint, and a replay of what it is missing. @returns the replay's id */
async function fill(store: Store, vault: Vault, url: string): Promise<string> {
  await store.createTenant({ tenantId: ASKED.tenantId, name: "default", audit: AUDIT });
  await decideMany(store);
  const { guard, send } = loopbackSender();
  const world = { vault, random: realRandom, clock: realClock, version: "0" };
  const endpoints = createEndpoints({ ...world, store, allowedNetworks: networksOf("127.0.0.0/8"), guard, send });
  const added = await endpoints.add({ ...ASKED, ...PLAIN_SETTINGS, url });
  assert.ok(added.kind === "added");
  const replayId = newId(realRandom);
  const order = { endpointId: added.endpoint.endpointId, which: "missing", perSecond: 10_000 } as const;
  const range = { sinceMs: 0, untilMs: null };
  await store.createReplay({ tenantId: ASKED.tenantId, replayId, ...order, ...range, audit: AUDIT });
  return replayId;
}

describe("a replay of 10,000", () => {
  const children: ChildProcess[] = [];
  after(() => {
    for (const child of children) child.kill("SIGKILL");
  });
  const startProcess = async (...args: readonly string[]): Promise<ChildProcess> => {
    const nodeArguments = ["--conditions=@sameface/source", FIXTURE, ...args];
    const child = spawn(process.execPath, nodeArguments, { stdio: ["ignore", "pipe", "inherit"] });
    children.push(child);
    await once(child.stdout, "data");
    return child;
  };

  it("is taken up by the next process where one was killed, and runs the handler once for each (S26)", async (t) => {
    const parent = await mkdtemp(join(tmpdir(), "sameface-replay-"));
    const folder = join(parent, "data");
    const masterKey = realRandom.bytes(32);
    const world = { folder, clock: realClock, random: realRandom };
    const receiver = await startReceiver();
    const first = await createSqliteStore(world);
    const replayId = await fill(first, createVault({ masterKey, random: realRandom }), receiver.url);
    await first.close();

    const key = Buffer.from(masterKey).toString("base64");
    const startedMs = realClock.monotonicMs();
    const killed = await startProcess(folder, key);
    await receiver.until(() => receiver.requests.size >= 1_000);
    killed.kill("SIGKILL");
    await once(killed, "exit");
    const atKill = receiver.requests.size;
    assert.ok(atKill < EVENTS, "it was killed in the middle");
    const second = await startProcess(folder, key);
    await receiver.until(() => receiver.requests.size === EVENTS);
    // What the killed process had sent and not recorded is sent again when its leases have run out.
    await nextLine(second, "idle");
    const seconds = (realClock.monotonicMs() - startedMs) / 1_000;
    second.kill("SIGTERM");
    await once(second, "exit");

    const store = await createSqliteStore(world);
    const replay = await store.readReplay({ tenantId: ASKED.tenantId, replayId });
    const undelivered = await listUndelivered(store);
    await store.close();
    receiver.close();
    await rm(parent, { recursive: true, force: true });
    assert.deepEqual([replay?.status, replay?.looked, replay?.queued], ["finished", EVENTS, EVENTS]);
    assert.deepEqual(undelivered, []);
    const twice = [...receiver.requests.values()].filter((one) => one.count > 1);
    assert.ok(
      // In flight, or sent and not yet recorded.
      twice.every((one) => one.count === 2) && twice.length <= 3 * WORKER_LIMITS.perEndpoint,
      `${twice.length} came twice`,
    );
    assert.equal(receiver.changed(), 0, "an id came with another body");
    t.diagnostic(`killed at ${atKill}; ${EVENTS} in ${seconds.toFixed(1)} s; ${twice.length} came twice`);
  });
});

/** Resolves when the process prints the line from now on. */
async function nextLine({ stdout }: ChildProcess, line: string): Promise<void> {
  assert.ok(stdout);
  for await (const [bytes] of on(stdout, "data") as AsyncIterable<[Buffer]>) {
    if (bytes.toString().includes(`${line}\n`)) return;
  }
}

async function listUndelivered(store: Store): Promise<readonly string[]> {
  const found: string[] = [];
  for (const status of ["pending", "inFlight", "failing", "dead", "held", "skipped"] as const) {
    const where = { tenantId: ASKED.tenantId, endpointId: null, eventId: null, after: null, limit: 10 };
    const { items } = await store.listDeliveries({ ...where, status });
    found.push(...items.map((one) => `${one.status} ${one.reason ?? ""}`));
  }
  return found;
}
