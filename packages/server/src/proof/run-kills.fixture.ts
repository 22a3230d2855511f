import assert from "node:assert/strict";
import { type Asked, checkStory, partOf, type Story, type Verdict } from "./check-story.fixture.ts";
import { type JudgingReceiver, startJudgingReceiver } from "./judging-receiver.fixture.ts";
import { fileOf } from "./kept-file.fixture.ts";
import { KILL_POINTS, type KillPoint } from "./kill-points.fixture.ts";
import { type KilledProcess, startKilled } from "./killed-process.fixture.ts";
import { readRows, type Select } from "./read-rows.fixture.ts";

/** How often a process is killed, and over what. */
export interface KillPlan {
  /** As whoever watches is told. */
  readonly name: string;
  readonly kills: number;
  /** What was done of it by then is judged. */
  readonly minutes: number;
  readonly seed: number;
  readonly env: Readonly<Record<string, string>>;
  /** Asked while no process runs. */
  readonly select: Select;
  /** Runs one statement that writes, while no process runs. */
  readonly change: (text: string) => Promise<void>;
}

/** What came of it; `at`: kills that struck at each point, the others struck at a random moment. */
export interface KillReport extends Verdict {
  readonly kills: number;
  readonly at: Readonly<Record<KillPoint | "random", number>>;
}

const CALLERS = 4;
/** Failures that one customer may have before it waits (T7). */
const GUESSES = 4;
/**
 * A point that was not reached by then is not: the process is killed from outside. Longer than the leases of the fixture,
 * since those of the dead may hold all places of the endpoints.
 */
const LIFE_MS = 15_000;
const ENDPOINTS = ["/steady", "/flapping"];

type Pending = Omit<Asked, "answer"> & { readonly image: string };

/** What clients know, over all lives of the server. */
interface Clients {
  readonly asked: Map<string, Asked>;
  /** Asked, and not answered before the server died: asked again under the same key. */
  readonly open: Map<string, Pending>;
  /** Those whose run died, and holds its key until its lease ends. */
  readonly late: Map<string, Pending>;
  readonly erased: string[];
  readonly swept: Set<string>;
  readonly random: () => number;
  count: number;
}

/** A night is long: whoever watches is told how far it is. */
const TELL_EVERY = 50;

/** Kills a server again and again under a stream of calls, each time at a point of the plan, and judges what is left. */
export async function runKills(plan: KillPlan): Promise<KillReport> {
  const { seed, env } = plan;
  const random = randomOf(seed);
  const known = { asked: new Map(), open: new Map(), late: new Map(), erased: [], swept: new Set<string>() };
  const clients: Clients = { ...known, random, count: 0 };
  const receiver = await startJudgingReceiver((path, n) => path === "/flapping" && n % 5 === 0);
  const at = Object.fromEntries([...KILL_POINTS, "random"].map((point) => [point, 0])) as Record<
    KillPoint | "random",
    number
  >;
  const endpointIds = await prepare(env, receiver);
  const told = async (): Promise<Story> => await storyOf(plan, { clients, receiver, endpointIds });
  const violations: string[] = [];
  const endMs = performance.now() + plan.minutes * 60_000;
  let kills = 0;
  for (; kills < plan.kills && performance.now() < endMs; kills += 1) {
    const point = KILL_POINTS[kills % KILL_POINTS.length] ?? "K7";
    // The places of a transaction are many; of the others an early and a later one.
    const turn = 1 + Math.floor(random() * (point === "K6" ? 60 : 16));
    if (point === "K12") {
      // What the next start sweeps is judged now: afterwards nobody can.
      const old = new Set(await oldOf(plan));
      violations.push(...checkStory(partOf(await told(), old)).violations);
      await age(plan);
      for (const id of old) clients.swept.add(id);
    }
    at[await oneLife({ ...env, KILL_AT: `${point}:${turn}` }, clients, point)] += 1;
    if ((kills + 1) % TELL_EVERY === 0) console.log(`told: ${plan.name}: ${kills + 1} of ${plan.kills} killed`);
  }
  await drain(env, clients);
  const verdict = checkStory(await told());
  await receiver.close();
  return { ...verdict, violations: [...violations, ...verdict.violations], kills, at };
}

/** All that happened so far; no process runs. */
async function storyOf(
  { select }: KillPlan,
  {
    clients,
    receiver,
    endpointIds,
  }: { readonly clients: Clients; readonly receiver: JudgingReceiver; readonly endpointIds: readonly string[] },
): Promise<Story> {
  const { erased, swept } = clients;
  const asked = [...clients.asked.values()];
  const failures = asked.filter((one) => one.answer?.outcome === "not-recognized").length;
  const rows = await readRows(select);
  return { asked, received: receiver.received, rows, endpointIds, erased, swept, failures };
}

async function prepare(env: KillPlan["env"], receiver: JudgingReceiver): Promise<readonly string[]> {
  const server = await startKilled(env);
  assert.ok(server !== null, "the server starts");
  const ids: string[] = [];
  for (const path of ENDPOINTS) {
    const made = await server.call("/v1/endpoints", { method: "POST", body: { url: `${receiver.url}${path}` } });
    assert.equal(made?.status, 201);
    const endpointId = String(made.body["id"]);
    receiver.expect(path, { endpointId, keys: [String(made.body["secret"]), String(made.body["publicKey"])] });
    ids.push(endpointId);
  }
  assert.equal((await enrol(server, "ann"))?.status, 200 + 1);
  const policy = { retention: { pictureDays: PICTURE_DAYS } };
  assert.equal((await server.call("/v1/policy", { method: "PUT", body: policy }))?.status, 200);
  await server.kill("SIGTERM");
  return ids;
}

/** Longer than {@link FORTY_DAYS_MS}: a picture goes with its attempt, by no sweep of its own. */
const PICTURE_DAYS = 60;
/** Younger events than these stay what they are. */
const YOUNG = 20;
const FORTY_DAYS_MS = 40 * 86_400_000;

const OLD = `sequence <= (select max(sequence) from events) - ${YOUNG}`;

/** Events of the older part that are final. */
async function oldOf({ select }: KillPlan): Promise<readonly string[]> {
  const waits = "select event_id from deliveries where status not in ('delivered', 'dead', 'skipped')";
  const events = await select(`select event_id from events where ${OLD} and event_id not in (${waits})`);
  return events.map((row) => String(row["event_id"]));
}

/** Makes the older part of all that happened so old that the next start sweeps it. */
async function age({ change }: KillPlan): Promise<void> {
  await change(`update deliveries set updated_at_ms = updated_at_ms - ${FORTY_DAYS_MS} where ${OLD}`);
  await change(`update events set created_at_ms = created_at_ms - ${FORTY_DAYS_MS} where ${OLD}`);
}

async function enrol(server: KilledProcess, customerId: string) {
  const image = fileOf({ face: customerId }).toString("base64");
  const body = { image, consent: { reference: "test" } };
  return await server.call(`/v1/customers/${customerId}`, { method: "PUT", body });
}

/** @returns where it died */
async function oneLife(env: KillPlan["env"], clients: Clients, point: KillPoint): Promise<KillPoint | "random"> {
  const server = await startKilled(env);
  if (server === null) return point;
  const state = { late: false };
  const late = setTimeout(() => {
    state.late = true;
    server.child.kill("SIGKILL");
  }, LIFE_MS);
  await Promise.all(
    Array.from({ length: CALLERS }, async () => {
      await callUntilDeath(server, clients);
    }),
  );
  await server.dead;
  clearTimeout(late);
  return state.late ? "random" : point;
}

async function callUntilDeath(server: KilledProcess, clients: Clients): Promise<void> {
  for (;;) {
    const [waiting] = clients.open.values();
    clients.count += 1;
    const isAlive =
      waiting === undefined && clients.count % 9 === 0
        ? await eraseSomebody(server, clients)
        : await authenticate(server, clients, waiting ?? nextOf(clients));
    if (!isAlive) return;
  }
}

/** Nobody, ann, a stranger's face for one who has failures left, in turns. */
function nextOf({ random, count }: Clients): Pending {
  const key = `key-${count}`;
  const image = (face: string): string => fileOf({ face, shot: count }).toString("base64");
  const turn = random();
  if (turn < 0.4) return { key, customerId: `nobody-${count}`, image: image("nobody") };
  if (turn < 0.8) return { key, customerId: "ann", image: image("ann") };
  return { key, customerId: `guessed-${Math.floor(count / (9 * GUESSES))}`, image: image("stranger") };
}

async function authenticate(server: KilledProcess, clients: Clients, pending: Pending): Promise<boolean> {
  const { key, customerId, image } = pending;
  if (customerId.startsWith("guessed-") && !clients.open.has(key) && (await enrol(server, customerId)) === null) {
    return false;
  }
  clients.open.set(key, pending);
  const asked = { key, customerId };
  if (!clients.asked.has(key)) clients.asked.set(key, { ...asked, answer: null });
  const answer = await server.call("/v1/authentications", { method: "POST", body: { customerId, image }, key });
  if (answer === null) return false;
  // Another caller asks the same, the lease of a run that died has not ended yet, or the store is busy: asked again at
  // the end.
  if (answer.status === 409 || answer.status === 503) {
    clients.late.set(key, pending);
    clients.open.delete(key);
    return true;
  }
  clients.open.delete(key);
  clients.late.delete(key);
  if (answer.status === 429) return true;
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  const { id, eventId, outcome } = answer.body;
  clients.asked.set(key, {
    ...asked,
    answer: { authenticationId: String(id), eventId: String(eventId), outcome: String(outcome) },
  });
  return true;
}

/** Enrols somebody, lets them pass, erases them. */
async function eraseSomebody(server: KilledProcess, clients: Clients): Promise<boolean> {
  const customerId = `brief-${clients.count}`;
  if ((await enrol(server, customerId)) === null) return false;
  const image = fileOf({ face: customerId, shot: 1 }).toString("base64");
  if ((await server.call("/v1/authentications", { method: "POST", body: { customerId, image } })) === null)
    return false;
  const erased = await server.call(`/v1/customers/${customerId}`, { method: "DELETE" });
  if (erased === null) return false;
  // Busy: nothing was erased.
  if (erased.status === 503) return true;
  assert.equal(erased.status, 200, JSON.stringify(erased.body));
  clients.erased.push(customerId);
  return true;
}

/** A last life: what is open is asked until it is answered, and everything that waits is delivered. */
async function drain(env: KillPlan["env"], clients: Clients): Promise<void> {
  const server = await startKilled(env);
  assert.ok(server !== null, "the server starts after the last kill");
  // What the last one had begun is free when its leases have ended.
  while ((await askAgain(server, clients)) > 0 || !(await isDrained(server)) || !(await isSwept(server, clients))) {
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  await server.kill("SIGTERM");
}

async function isDrained(server: KilledProcess): Promise<boolean> {
  const pages = await Promise.all(
    ["pending", "failing", "inFlight"].map(
      async (status) => await server.call(`/v1/deliveries?status=${status}&limit=1`),
    ),
  );
  return pages.every((page) => (page?.body["items"] as readonly unknown[]).length === 0);
}

/** Whether the last that was past its days is gone; the sweep begins with the first. */
async function isSwept(server: KilledProcess, { swept }: Clients): Promise<boolean> {
  const last = [...swept].at(-1);
  return last === undefined || (await server.call(`/v1/events/${last}`))?.status === 404;
}

/** @returns how many are without an answer still */
async function askAgain(server: KilledProcess, clients: Clients): Promise<number> {
  for (const pending of [...clients.open.values(), ...clients.late.values()]) {
    assert.ok(await authenticate(server, clients, pending));
  }
  return clients.late.size;
}

/** Seeded, so that a run can be had again as far as processes allow it. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state / 2 ** 32;
  };
}
