// A process of its own: node comeback.fixture.ts '{"endpoints": 1000, "outageMs": 21600000}'. Many endpoints are away from
// the first moment on and all come back at once; prints one JSON object with every request that reached a receiver.
import { generateSecret } from "@sameface/contract";
import type { Clock } from "../../clock.ts";
import type { Send } from "../../delivery/send.ts";
import { createDeliveryWorker, WORKER_LIMITS } from "../../delivery/worker.ts";
import { AUDIT, newDecision, refOf } from "../../store/conformance/bench.fixture.ts";
import type { Store } from "../../store/store.ts";
import {
  type Arrival,
  type ComebackReport,
  type ComebackRequest,
  RATE_A_SECOND,
  RATED_OF,
} from "./comeback-report.fixture.ts";
import { createSimDatabase, type SimDatabase } from "./sim-database.fixture.ts";
import { openSimStore } from "./sim-store.fixture.ts";
import { clockOf, createWorld, type Dice, settle, type World } from "./world.fixture.ts";

const NODES = 2;
/** A decision goes to all endpoints of its tenant. */
const PER_TENANT = 100;
/** Each endpoint's own, of the first minute. */
const EVENTS = 2;
/** One endpoint of so many is behind a gateway that says when to come back, and wants every outcome. */
const BUSY_OF = 10;
const MORE_EVENTS = 4;
/** A wait of more than a second ends with a half minute: a look at the store costs more than what happens between. */
const TICK_MS = 30_000;

const [asked = "{}"] = process.argv.slice(2);
using database = await createSimDatabase();
process.stdout.write(JSON.stringify(await comeBack(JSON.parse(asked) as ComebackRequest, database)));

async function comeBack({ endpoints, outageMs }: ComebackRequest, database: SimDatabase): Promise<ComebackReport> {
  const world = createWorld(1);
  const faults = { commitFails: () => false, statementFails: () => false };
  const { store, select } = openSimStore(database, world, { faults, stepMs: () => 0 });
  await settle(world, addAll(store, { endpoints, random: world.dice("secrets") }));
  const beganMs = world.nowMs();
  const receivers = createReceivers(world, { beganMs, backMs: beganMs + outageMs });
  for (let node = 0; node < NODES; node += 1) {
    createDeliveryWorker({
      store,
      // What is sealed is not under test here.
      vault: { seal: (bytes) => bytes, open: (bytes) => bytes },
      clock: tickingClock(world),
      random: world.dice(`node ${node}`),
      send: receivers.send,
      version: "0",
      standardWaitsMs: null,
      limits: { ...WORKER_LIMITS, pollMs: TICK_MS },
    }).start();
  }
  for (let n = 0; n < EVENTS + MORE_EVENTS; n += 1) {
    world.after(n * 5_000, () => void decideAll(store, { endpoints, n }));
  }
  await world.run(() => false, beganMs + 2 * outageMs);
  const counted = await select(
    "select count(*) as n, sum(status = 'delivered') as delivered from deliveries where status <> 'skipped'",
  );
  const { n, delivered } = counted[0] ?? {};
  return { arrivals: receivers.arrivals, deliveries: Number(n), delivered: Number(delivered) };
}

function tenantOf(endpoint: number): string {
  return `tenant-${Math.floor(endpoint / PER_TENANT)}`;
}

function isBusy(endpoint: number): boolean {
  return endpoint % BUSY_OF === 0;
}

async function addAll(
  store: Store,
  { endpoints, random }: { readonly endpoints: number; readonly random: Dice },
): Promise<void> {
  for (let first = 0; first < endpoints; first += PER_TENANT) {
    await store.createTenant({ tenantId: tenantOf(first), name: tenantOf(first), audit: AUDIT });
  }
  for (let n = 0; n < endpoints; n += 1) {
    const secret = { secretId: `secret-${n}`, kind: "hmac", sealed: Buffer.from(generateSecret(random)) } as const;
    await store.createEndpoint({
      tenantId: tenantOf(n),
      endpointId: `endpoint-${n}`,
      url: `https://receiver-${n}.example/`,
      description: null,
      profile: "standard",
      outcomes: isBusy(n) ? null : ["unknown-customer"],
      sealedHeaders: null,
      authKind: null,
      sealedAuth: null,
      ordered: false,
      rateLimit: n % RATED_OF === 0 ? RATE_A_SECOND : null,
      unverified: false,
      disabledReason: null,
      operator: false,
      secrets: [{ ...secret, publicKey: null }],
      audit: AUDIT,
    });
  }
}

/** One decision in each tenant; the later ones are of an outcome that most endpoints do not want. */
async function decideAll(
  store: Store,
  { endpoints, n }: { readonly endpoints: number; readonly n: number },
): Promise<void> {
  for (let first = 0; first < endpoints; first += PER_TENANT) {
    const id = `${tenantOf(first)} ${n}`;
    const decision = newDecision(refOf("ann", tenantOf(first)), {
      outcome: n < EVENTS ? "unknown-customer" : "blocklisted",
    });
    await store.recordDecision({
      ...decision,
      authentication: { ...decision.authentication, authenticationId: id, transactionId: id },
      event: { ...decision.event, eventId: `event-${first}-${n}` },
    });
  }
}

function createReceivers(
  world: World,
  { beganMs, backMs }: { readonly beganMs: number; readonly backMs: number },
): { readonly send: Send; readonly arrivals: readonly Arrival[] } {
  const dice = world.dice("receivers");
  const arrivals: Arrival[] = [];
  const send: Send = async ({ url }) => {
    const endpoint = Number(/receiver-(\d+)/.exec(url)?.[1]);
    const taken = world.nowMs() >= backMs;
    const atMs = world.nowMs() - beganMs;
    const busy = !taken && isBusy(endpoint);
    const forMs = 5 + dice.whole(30);
    arrivals.push({ endpoint, atMs, untilMs: atMs + forMs, taken });
    await world.sleep(forMs);
    if (!taken && !busy) return { kind: "failed", reason: "connectionRefused" };
    const retryAfter = busy ? String(1_200 + dice.whole(2_400)) : null;
    const status = taken ? 204 : 429;
    return { kind: "replied", status, acknowledged: taken, contentType: null, retryAfter, replyBody: new Uint8Array() };
  };
  return { send, arrivals };
}

function tickingClock(world: World): Clock {
  const clock = clockOf(world);
  return {
    ...clock,
    after: (delayMs, callback) => {
      if (delayMs <= 1_000) return clock.after(delayMs, callback);
      const untilMs = Math.ceil((world.nowMs() + delayMs) / TICK_MS) * TICK_MS;
      return clock.after(untilMs - world.nowMs(), callback);
    },
  };
}
