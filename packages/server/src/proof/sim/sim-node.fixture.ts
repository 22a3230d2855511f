import { bareImage as bare, compare, type Engine, type Inspection } from "@sameface/engine";
import { type AuthenticationParts, authenticate } from "../../authentication/authenticate.ts";
import type { Clock } from "../../clock.ts";
import type { CustomerParts } from "../../customers/enrol.ts";
import { createReplayRunner } from "../../delivery/replay-runner.ts";
import { createDeliveryWorker, WORKER_LIMITS } from "../../delivery/worker.ts";
import { readTenantPolicy } from "../../policy/tenant-policy.ts";
import type { AttemptResult, ClaimedDelivery, ClaimRequest, Store } from "../../store/store.ts";
import { StoreError } from "../../store/store-error.ts";
import type { Vault } from "../../vault/vault.ts";
import type { KillPoint } from "../kill-points.fixture.ts";
import type { LeaseWatch } from "./lease-watch.fixture.ts";
import type { StoreFault } from "./plan.fixture.ts";
import type { Count } from "./run-seed.fixture.ts";
import type { SimTransport } from "./sim-transport.fixture.ts";
import { clockOf, type Dice, type World } from "./world.fixture.ts";

/** A server process of the simulation: it dies, stands still and is started again. */
export interface SimNode {
  /** `null`: it is down. */
  readonly parts: () => NodeParts | null;
  start(): void;
  /** Dies now, or at its n-th next call of the point. */
  crash(point: KillPoint | "now", turn: number): void;
  pause(ms: number): void;
  skew(ms: number): void;
  stop(): Promise<void>;
}

/** What a process serves with, as long as it lives. */
export interface NodeParts {
  readonly store: Store;
  readonly customers: CustomerParts;
  readonly authenticate: typeof authenticate;
  readonly authentication: AuthenticationParts;
}

interface Options {
  readonly name: string;
  readonly world: World;
  readonly store: Store;
  readonly vault: Vault;
  readonly transport: SimTransport;
  readonly leases: LeaseWatch;
  readonly engine: Engine;
  readonly isTight: boolean;
  readonly count: Count;
  /** The fault that strikes this call, if one does. */
  readonly faultOf: () => StoreFault | null;
}

/** One life of a process, from a start to a crash. */
interface Life {
  isDead: boolean;
  stop: () => Promise<void>;
}

/** Rarely: what is due is told, and a look costs more than all that happens in the minutes between. */
const POLL_MS = 3_600_000;
const TIGHT = { ...WORKER_LIMITS, mostLeased: 3, perEndpoint: 2, leaseMs: 20_000, pollMs: POLL_MS };
const WIDE = { ...WORKER_LIMITS, pollMs: POLL_MS };
/** All of it within minutes, so that a run ends: the schedule itself has its own tests. */
const WAITS_MS = [1_000, 5_000, 20_000, 60_000, 120_000, 120_000];

/** Calls after which, and before which, a process may die. */
const BEFORE: Partial<Record<keyof Store, KillPoint>> = { beginIdempotent: "K1", recordDecision: "K5" };
const AFTER: Partial<Record<keyof Store, KillPoint>> = {
  beginIdempotent: "K2",
  recordDecision: "K7",
  finishAttempt: "K11",
};

export function createSimNode(options: Options): SimNode {
  const { world, count, name } = options;
  const dice = world.dice(name);
  const state: { life: Life | null; parts: NodeParts | null; pausedUntilMs: number; skewMs: number } = {
    life: null,
    parts: null,
    pausedUntilMs: 0,
    skewMs: 0,
  };
  let armed: { point: KillPoint; turn: number } | null = null;
  const die = (): void => {
    if (state.life === null) return;
    state.life.isDead = true;
    state.life = null;
    state.parts = null;
    armed = null;
    world.after(100 + dice.whole(40_000), start);
  };
  /** Goes on when the process runs, and never where it has died meanwhile. */
  const gate = async (life: Life): Promise<void> => {
    while (!life.isDead && state.pausedUntilMs > world.nowMs()) await world.sleep(state.pausedUntilMs - world.nowMs());
    if (life.isDead) await new Promise<never>(() => undefined);
  };
  const passes = async (life: Life, point: KillPoint | undefined): Promise<void> => {
    if (point !== undefined && armed?.point === point) {
      armed.turn -= 1;
      if (armed.turn === 0) {
        count(point);
        die();
      }
    }
    await gate(life);
  };
  const start = (): void => {
    if (state.life !== null) return;
    const life: Life = { isDead: false, stop: async () => {} };
    state.life = life;
    const clock = clockOfLife(
      clockOf(world, () => state.skewMs),
      {
        life,
        gate: async () => {
          await gate(life);
        },
      },
    );
    const made = partsOf({ ...options, dice, clock, life, gate, passes });
    state.parts = made.parts;
    life.stop = made.stop;
  };
  return {
    parts: () => state.parts,
    start,
    crash: (point, turn) => {
      if (point === "now") die();
      else armed = { point, turn };
    },
    pause: (ms) => {
      count("F28");
      state.pausedUntilMs = Math.max(state.pausedUntilMs, world.nowMs() + ms);
    },
    skew: (ms) => {
      count("F41");
      state.skewMs = ms;
    },
    stop: async () => {
      await state.life?.stop();
    },
  };
}

/** Timers of a process that has died never ring, and those of one that stands still ring when it goes on. */
function clockOfLife(clock: Clock, { life, gate }: { readonly life: Life; readonly gate: () => Promise<void> }): Clock {
  return {
    ...clock,
    after: (delayMs, callback) => {
      let isCancelled = false;
      const cancel = clock.after(delayMs, () => {
        if (life.isDead) return;
        void gate().then(() => {
          if (!isCancelled) callback();
        });
      });
      return () => {
        isCancelled = true;
        cancel();
      };
    },
  };
}

interface Making extends Options {
  readonly dice: Dice;
  readonly clock: Clock;
  readonly life: Life;
  readonly gate: (life: Life) => Promise<void>;
  readonly passes: (life: Life, point: KillPoint | undefined) => Promise<void>;
}

function partsOf(making: Making): { readonly parts: NodeParts; readonly stop: () => Promise<void> } {
  const { clock, dice, vault, engine, isTight, transport, life, passes } = making;
  const store = storeOf(making);
  const worker = createDeliveryWorker({
    store,
    vault,
    clock,
    random: dice,
    send: transport.send(async (point) => {
      await passes(life, point);
    }),
    version: "0",
    standardWaitsMs: WAITS_MS,
    limits: isTight ? TIGHT : WIDE,
    report: (report) => {
      if (report.kind === "stale") making.count("stale");
      if (report.kind === "quarantined") making.count("F40");
      if (report.kind === "faulted") throw report.error;
    },
  });
  const replays = createReplayRunner({ store, clock, random: dice, pollMs: POLL_MS, report: () => undefined });
  worker.start();
  replays.start();
  const inspect = async (...asked: Parameters<typeof engine.inspect>): Promise<Inspection> => {
    await making.world.sleep(5 + dice.whole(60));
    const inspection = await engine.inspect(...asked);
    await passes(life, "K4");
    return inspection;
  };
  const readPolicy = async (tenantId: string) => await readTenantPolicy(store, tenantId);
  const shared = { store, vault, engine: { ...engine, inspect }, readPolicy, random: dice };
  const parts = { store, customers: shared, authenticate, authentication: { ...shared, compare, bare, clock } };
  const stop = async (): Promise<void> => {
    await Promise.all([worker.stop(), replays.stop()]);
  };
  return { parts, stop };
}

type AnyCall = (...given: unknown[]) => Promise<unknown>;

/** The store as this process reaches it: each call may be refused, be slow, or lose its answer on the way back. */
function storeOf(making: Making): Store {
  const { store, world, dice, life, gate, passes, faultOf, count, leases } = making;
  const reach =
    (name: keyof Store, call: AnyCall): AnyCall =>
    async (...given) => {
      await passes(life, BEFORE[name]);
      const fault = faultOf();
      if (fault === "refuses") {
        count("F29");
        throw new StoreError("unavailable", "as the plan says");
      }
      if (fault === "isSlow") {
        count("F32");
        await world.sleep(dice.whole(8_000));
        await gate(life);
      }
      const result = await call(...given).catch((error: unknown) => {
        leases.failed(name, error);
        throw error;
      });
      if (name === "claimDeliveries") {
        await leases.claimed(result as readonly ClaimedDelivery[], given[0] as ClaimRequest);
      }
      if (name === "finishAttempt" && (result as { readonly kind: string }).kind === "recorded") {
        leases.recorded(given[0] as AttemptResult);
      }
      if (fault === "losesReply") {
        count("F31");
        throw new StoreError("unavailable", "its answer was lost");
      }
      if (name === "claimDeliveries" && (result as readonly unknown[]).length > 0) await passes(life, "K8");
      await passes(life, AFTER[name]);
      return result;
    };
  const reached = Object.fromEntries(
    Object.entries(store).map(([name, member]) => [name, reach(name as keyof Store, member as AnyCall)]),
  ) as unknown as Store;
  return {
    ...reached,
    onDeliveriesDue: (listener) =>
      store.onDeliveriesDue(() => {
        if (!life.isDead) void gate(life).then(listener);
      }),
  };
}
