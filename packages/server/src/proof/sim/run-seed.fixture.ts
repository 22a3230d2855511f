import { createHash } from "node:crypto";
import { enrol } from "../../customers/enrol.ts";
import { blockCustomer, eraseCustomer, unblockCustomer, unlockCustomer } from "../../customers/manage.ts";
import { picture, type Script } from "../../http/scripted-engine.fixture.ts";
import { AUDIT } from "../../store/conformance/bench.fixture.ts";
import type { Store } from "../../store/store.ts";
import { type Asked, checkStory, type Received } from "../check-story.fixture.ts";
import { readRows, type Select } from "../read-rows.fixture.ts";
import { type Bars, createBars } from "./bars.fixture.ts";
import { checkOrder, isOrdered } from "./check-order.fixture.ts";
import { forgottenFailures } from "./forgotten-failures.fixture.ts";
import { createLeaseWatch } from "./lease-watch.fixture.ts";
import { type EngineMood, GUESSED, type Plan, type Step, type StoreFault } from "./plan.fixture.ts";
import { SIM_TENANT } from "./sim-database.fixture.ts";
import { createSimNode, type NodeParts, type SimNode } from "./sim-node.fixture.ts";
import { type Rig, type SimEndpoint, simVault } from "./sim-rig.fixture.ts";
import { openSimStore } from "./sim-store.fixture.ts";
import { createSimTransport, type SimTransport } from "./sim-transport.fixture.ts";
import { createWorld, type Dice, settle, type World } from "./world.fixture.ts";

/** Counts what a run met: rows of the fault matrix, kill points, outcomes. */
export type Count = (row: string) => void;

/** What one run came to. */
export interface Run {
  readonly violations: readonly string[];
  readonly counts: Readonly<Record<string, number>>;
  /** Equal for equal seeds: nothing of it depends on the machine. */
  readonly trace: string;
}

const HOUR_MS = 3_600_000;
/** All that is done, and all that goes wrong, lies within: a process that stands still for 90 s does its work after them. */
const FAULTS_END_MS = 410_000;
/** A receiver may ask for 24 hours of patience, and clocks be set back by hours after it was asked. */
const LONGEST_DRAIN_MS = 48 * HOUR_MS;
const ASKED_BY = { tenantId: SIM_TENANT, actor: "system" };

interface Client {
  readonly asked: Map<string, Asked>;
  readonly bars: Bars;
  readonly erased: Map<string, number>;
  readonly violations: string[];
  /** Calls under way. */
  open: number;
}

/** A run and all that it is made of. */
interface Scene {
  readonly plan: Plan;
  readonly world: World;
  readonly store: Store;
  readonly nodes: readonly SimNode[];
  readonly transport: SimTransport;
  readonly endpointIds: readonly string[];
  readonly client: Client;
  readonly faults: Faults;
  readonly count: Count;
  readonly dice: Dice;
}

interface Faults {
  readonly active: Map<StoreFault, { share: number; untilMs: number }>;
  wallStepMs: number;
}

/** Lives a plan from its first step to the last delivery, and judges what is left. */
export async function runPlan(plan: Plan, rig: Rig): Promise<Run> {
  const world = createWorld(plan.seed);
  const counts: Record<string, number> = {};
  const count: Count = (row) => {
    counts[row] = (counts[row] ?? 0) + 1;
  };
  const faults: Faults = { active: new Map(), wallStepMs: 0 };
  const dice = world.dice("faults");
  const strikes = (fault: StoreFault): boolean => {
    const active = faults.active.get(fault);
    return active !== undefined && active.untilMs > world.nowMs() && dice.chance(active.share);
  };
  const opened = openSimStore(rig.database, world, {
    stepMs: () => faults.wallStepMs,
    faults: {
      commitFails: () => strikes("failsCommit") && (count("F34"), true),
      statementFails: () => strikes("failsStatement") && dice.chance(0.1) && (count("F33"), true),
    },
  });
  const { store } = opened;
  const vault = simVault(world.dice("vault"));
  const transport = createSimTransport(world, count);
  const faultOf = (): StoreFault | null =>
    (["refuses", "losesReply", "isSlow"] as const).find((fault) => strikes(fault)) ?? null;
  const endpoints = rig.endpoints.slice(0, plan.endpoints);
  const endpointIds = endpoints.map(({ endpointId }) => endpointId);
  await settle(
    world,
    Promise.all(
      endpoints.map(async ({ endpointId, secrets }, n) => {
        const ordered = isOrdered(plan, n);
        await store.createEndpoint({ ...PLAIN, endpointId, url: urlOf(n, 0), secrets, ordered });
      }),
    ),
  );
  const leases = createLeaseWatch(opened.select);
  const shared = { world, store, vault, transport, leases, engine: rig.engine, isTight: plan.isTight, count, faultOf };
  const nodes = Array.from({ length: plan.nodes }, (_, n) => createSimNode({ ...shared, name: `node-${n}` }));
  for (const node of nodes) node.start();
  const client: Client = {
    asked: new Map(),
    bars: createBars(),
    erased: new Map(),
    violations: [],
    open: 0,
  };
  const scene = { plan, world, store, nodes, transport, endpointIds, client, faults, count, dice };
  await enrolFirst(scene);
  const beganMs = world.nowMs();
  for (const [n, step] of plan.steps.entries()) {
    world.after(step.atMs, () => {
      count("steps");
      void take(step, { ...scene, n });
    });
  }
  world.after(FAULTS_END_MS, () => void mend(scene));
  const drained = await drain(scene, { ...opened, beganMs, isBroken: () => leases.violations.length > 0 });
  const rows = await readRows(opened.select);
  const subjectOf = (who: string): string => vault.subject(SIM_TENANT, who);
  const forgotten = await forgottenFailures([...client.asked.values()], { ...opened, subjectOf });
  await settle(
    world,
    Promise.all(
      nodes.map(async (node) => {
        await node.stop();
      }),
    ),
  );
  const received = await verified(transport, endpoints);
  await settle(world, store.close());
  const asked = [...client.asked.values()];
  const failures = 0;
  const erased = [...client.erased.keys()].filter((who) => client.bars.has(who));
  const verdict = checkStory({ asked, received, rows, endpointIds, erased: [], swept: new Set(), failures });
  const violations = [
    ...verdict.violations,
    ...client.violations,
    ...leases.violations,
    ...checkOrder(plan, { requests: transport.requests, rows, endpointIds }),
    ...forgotten,
    ...(rig.database.overlaps() > 0 ? ["a transaction was begun within another"] : []),
    ...(drained ? [] : ["the run never came to rest"]),
    // A run that skips its plan holds every invariant.
    ...(counts["steps"] === plan.steps.length || plan.steps.length === 0
      ? []
      : ["not every step of the plan was taken"]),
  ];
  count(erased.length > 0 ? "erased" : "kept");
  const trace = createHash("sha256")
    .update(JSON.stringify([asked, received, rows.deliveries, world.steps()]))
    .digest("hex");
  return { violations, counts, trace };
}

const PLAIN = {
  tenantId: SIM_TENANT,
  description: null,
  profile: "standard",
  outcomes: null,
  sealedHeaders: null,
  authKind: null,
  sealedAuth: null,
  rateLimit: null,
  unverified: false,
  disabledReason: null,
  operator: false,
  audit: AUDIT,
} as const;

const urlOf = (endpoint: number, edit: number): string => `https://receiver-${endpoint}.example/${edit}`;

async function enrolFirst(scene: Scene): Promise<void> {
  for (const who of ["ann", "ben", ...GUESSED])
    await take({ atMs: 0, kind: "enrol", who, node: 0 }, { ...scene, n: 0 }, true);
}

const SCRIPTS: Readonly<Record<EngineMood, (who: string) => Script>> = {
  sees: (who) => ({ face: who }),
  isSlow: (who) => ({ face: who }),
  fails: () => ({ throws: "startFailed" }),
  seesSpoof: (who) => ({ face: who, live: 0.01 }),
  seesStranger: () => ({ face: "stranger" }),
  seesNothing: (who) => ({ face: who, problem: "no_face" }),
};

type Taking = Scene & { readonly n: number };

/** Does one step; a call to a process that is down or dies under it has no answer. */
async function take(step: Step, scene: Taking, isFirst = false): Promise<void> {
  const { nodes, transport, faults, world } = scene;
  switch (step.kind) {
    case "behave":
      transport.behave(step.endpoint, step.as);
      return;
    case "crash":
      nodes[step.node]?.crash(step.point, step.turn);
      return;
    case "pause":
      nodes[step.node]?.pause(step.ms);
      return;
    case "skew":
      nodes[step.node]?.skew(step.ms);
      return;
    case "stepClock":
      scene.count("F41");
      faults.wallStepMs += step.ms;
      return;
    case "store":
      faults.active.set(step.fault, { share: step.share, untilMs: world.nowMs() + step.ms });
      return;
    case "authenticate":
      await authenticateUntilAnswered(step, scene);
      return;
    default: {
      const parts = nodes[step.node]?.parts() ?? null;
      if (parts === null) return;
      const done = change(step, parts, scene).catch(() => undefined);
      await (isFirst ? settle(world, done) : done);
    }
  }
}

type Change = Exclude<Step, { kind: "authenticate" | "behave" | "crash" | "pause" | "skew" | "stepClock" | "store" }>;

async function change(step: Change, { customers, store }: NodeParts, scene: Taking): Promise<void> {
  const { client, endpointIds } = scene;
  switch (step.kind) {
    case "enrol": {
      client.erased.delete(step.who);
      const ended = client.bars.beginLift(step.who);
      await enrol(customers, {
        ...ASKED_BY,
        customerId: step.who,
        image: picture({ face: step.who, shot: scene.n }),
        consent: { reference: "sim", atMs: null },
        mode: "replace",
      });
      ended();
      return;
    }
    case "block": {
      const bar = client.bars.beginBar(step.who);
      if (await blockCustomer(customers, { ...ASKED_BY, customerId: step.who, reason: "sim" })) {
        scene.count("F43");
        bar();
      }
      return;
    }
    case "unblock": {
      const ended = client.bars.beginLift(step.who);
      await unblockCustomer(customers, { ...ASKED_BY, customerId: step.who });
      ended();
      return;
    }
    case "unlock":
      await unlockCustomer(customers, { ...ASKED_BY, customerId: step.who });
      return;
    case "erase": {
      const bar = client.bars.beginBar(step.who);
      await eraseCustomer(customers, { ...ASKED_BY, customerId: step.who });
      scene.count("F43");
      bar();
      client.erased.set(step.who, scene.world.nowMs());
      return;
    }
    case "replay":
      await store.createReplay({
        tenantId: SIM_TENANT,
        replayId: `replay-${scene.n}`,
        endpointId: endpointIds[step.endpoint] ?? "",
        which: "all",
        sinceMs: 0,
        untilMs: null,
        perSecond: 20,
        audit: AUDIT,
      });
      return;
    default:
      scene.count("F44");
      await store.updateEndpoint({
        tenantId: SIM_TENANT,
        endpointId: endpointIds[step.endpoint] ?? "",
        audit: AUDIT,
        change: CHANGES[step.kind](step.endpoint, scene.n),
      });
  }
}

const CHANGES = {
  disable: () => ({ disabledReason: "operator" }),
  enable: () => ({ disabledReason: null }),
  edit: (endpoint: number, n: number) => ({ url: urlOf(endpoint, n) }),
} as const;

const PATIENCE = 40;

/** A client asks under one key until it is answered, at whatever process is up, for as long as it has patience. */
async function authenticateUntilAnswered(step: Extract<Step, { kind: "authenticate" }>, scene: Taking): Promise<void> {
  const { world, client, nodes, n, count } = scene;
  const key = `key-${n}`;
  client.asked.set(key, { key, customerId: step.who, answer: null });
  client.open += 1;
  const image = picture({ ...SCRIPTS[step.engine](step.who), shot: n });
  for (let again = 0; again < PATIENCE; again += 1) {
    const isBarred = client.bars.has(step.who);
    const parts = nodes[(step.node + again) % nodes.length]?.parts() ?? null;
    const answer = parts === null ? null : await askOnce(parts, scene, { who: step.who, key, image });
    if (answer === "refused") break;
    if (answer !== null) {
      count(answer.outcome);
      // What was decided before, under the same key, is told again.
      if (isBarred && answer.isNew && answer.outcome === "passed")
        client.violations.push(`F43: ${key} passed after its bar had returned`);
      client.asked.set(key, { key, customerId: step.who, answer });
      break;
    }
    await world.sleep(1_000 + again * 500);
  }
  client.open -= 1;
}

/** `null`: no answer, or one that asks to come again; a process that dies never answers, so a client waits 10 s. */
async function askOnce(
  { authenticate, authentication }: NodeParts,
  { world }: Scene,
  asked: { readonly who: string; readonly key: string; readonly image: Uint8Array },
): Promise<(NonNullable<Asked["answer"]> & { readonly isNew: boolean }) | "refused" | null> {
  const late = world.sleep(10_000).then(() => null);
  const called = authenticate(authentication, {
    tenantId: SIM_TENANT,
    customerId: asked.who,
    image: asked.image,
    source: null,
    idempotencyKey: asked.key,
    present: ({ authenticationId, eventId, outcome }) => ({
      status: 200,
      body: Buffer.from(JSON.stringify({ authenticationId, eventId, outcome: outcome.kind })),
    }),
  }).catch(() => null);
  const result = await Promise.race([called, late]);
  if (result?.kind === "refused" || result?.kind === "locked") return "refused";
  if (result?.kind !== "decided" && result?.kind !== "replayed") return null;
  const told = JSON.parse(Buffer.from(result.answer.body).toString("utf8")) as NonNullable<Asked["answer"]>;
  return { ...told, isNew: result.kind === "decided" };
}

/** The end of all faults: receivers are well, the store answers, and whoever was disabled is enabled. */
async function mend({ plan, transport, faults, endpointIds, store }: Scene): Promise<void> {
  faults.active.clear();
  for (let endpoint = 0; endpoint < plan.endpoints; endpoint += 1) transport.behave(endpoint, "fine");
  for (const endpointId of endpointIds) {
    await store.updateEndpoint({ tenantId: SIM_TENANT, endpointId, audit: AUDIT, change: { disabledReason: null } });
  }
}

const WAITING = `select count(*) as n from deliveries where status in ('pending', 'failing', 'inFlight')`;
const REPLAYING = `select count(*) as n from replays where status = 'running'`;

/** @returns whether nothing waits any more: a receiver may ask for a day of patience (F4); what broke is not waited for */
async function drain(
  { world, client }: Scene,
  {
    select,
    beganMs,
    isBroken,
  }: { readonly select: Select; readonly beganMs: number; readonly isBroken: () => boolean },
): Promise<boolean> {
  const endMs = beganMs + FAULTS_END_MS;
  for (let waitedMs = 30_000; waitedMs < LONGEST_DRAIN_MS && !isBroken(); waitedMs *= 1.5) {
    await world.run(() => false, endMs + waitedMs);
    if (client.open > 0) continue;
    const [[waiting], [replaying]] = await Promise.all([select(WAITING), select(REPLAYING)]);
    if (Number(waiting?.["n"]) + Number(replaying?.["n"]) === 0) return true;
  }
  return false;
}

/** What receivers make of the requests. */
async function verified({ requests }: SimTransport, endpoints: readonly SimEndpoint[]): Promise<readonly Received[]> {
  return await Promise.all(
    requests.map(async ({ endpoint, eventId, digest, body, headers, atMs, taken }) => {
      const { endpointId = "", verifies } = endpoints[endpoint] ?? {};
      const result = await verifies?.({ body, headers, nowSeconds: atMs / 1_000 });
      return { endpointId, eventId, digest, taken, verified: result?.ok === true };
    }),
  );
}
