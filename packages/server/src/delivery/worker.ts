import { newId } from "@sameface/contract";
import { type Clock, pause } from "../clock.ts";
import type { ClaimedDelivery, Store } from "../store/store.ts";
import { type AttemptParts, createAttempt } from "./attempt.ts";
import { type DeliverOptions, deliver, release } from "./deliver.ts";
import { createFlights, type Flights } from "./flights.ts";
import type { Flight } from "./lane.ts";
import { storeBackoffMs } from "./store-retry.ts";
import { createWakeUp, type WakeUp } from "./wake-up.ts";
import type { WorkerReport } from "./worker-report.ts";

/** How much a worker does at once, and how long it waits. */
export interface WorkerLimits {
  /** Deliveries leased in all: in flight, or at hand for the next place. */
  readonly mostLeased: number;
  /** Deliveries in flight per endpoint: a hanging one holds no more than these (F22). */
  readonly perEndpoint: number;
  /** Longer than one exchange and the recording of its result, so that it never needs to be renewed. */
  readonly leaseMs: number;
  /** Longest wait between two looks at the store. */
  readonly pollMs: number;
  /** How long `stop` lets what is in flight end by itself. */
  readonly stopMs: number;
  readonly mostCrashes: number;
}

/** What is shipped (reliability.md §0 rule 5, T15, F22, F26, F40). */
export const WORKER_LIMITS: WorkerLimits = {
  mostLeased: 800,
  perEndpoint: 10,
  leaseMs: 30_000,
  pollMs: 1_000,
  stopMs: 5_000,
  mostCrashes: 3,
};

/** What {@link createDeliveryWorker} is made of. */
export interface DeliveryWorkerOptions
  extends Omit<DeliverOptions, "store" | "attempt" | "signal" | "mostCrashes" | "recordForMs" | "report">,
    AttemptParts {
  readonly store: Pick<
    Store,
    "claimDeliveries" | "finishAttempt" | "releaseDelivery" | "nextDueInMs" | "onDeliveriesDue"
  >;
  readonly limits?: WorkerLimits;
  /** Must not throw. */
  readonly report?: (report: WorkerReport) => void;
}

/** Sends what the store says is due, until it is stopped. */
export interface DeliveryWorker {
  start(): void;
  /** Looks at the store at once. */
  wake(): void;
  /** Claims nothing more, lets what is in flight end, gives the rest back; resolves in about `stopMs` at the latest. */
  stop(): Promise<void>;
}

// A share of the lease: 15 s of exchange and these leave the rest to a store that answers slowly.
const RECORD_SHARE_OF_LEASE = 1 / 3;
// Something is due that this claim may not have, since its endpoint is full or slowed: look again soon, then less often.
const FIRST_IDLE_MS = 10;
// Places that become free are filled together.
const GATHER_MS = 5;
// Where some are leased ahead the next claim has time, as long as the last one took: fewer that are larger take less work.
const PACE_MS = { least: 10, most: 30 };
// After stopMs all sends are aborted; giving their leases back must not hold up the end for longer than this.
const RELEASE_MS = 2_000;

/** @see reliability.md §0 rules 5, 7, 8; F27, F28, F32, F40, F44 */
export function createDeliveryWorker(options: DeliveryWorkerOptions): DeliveryWorker {
  const { clock, limits = WORKER_LIMITS, report = () => undefined } = options;
  const wakeUp = createWakeUp(clock);
  const claiming = new AbortController();
  const sending = new AbortController();
  const flights = createFlights(limits, { clock, onRoom: wakeSoon(clock, wakeUp) });
  const holderId = newId(options.random);
  const recordForMs = limits.leaseMs * RECORD_SHARE_OF_LEASE;
  const attempt = createAttempt(options);
  const deliverOptions = { ...options, ...limits, attempt, recordForMs, signal: sending.signal, report };
  const begin = (claimed: ClaimedDelivery): void => {
    flights.begin(claimed.endpoint.endpointId, flightOf(claimed, { ...deliverOptions, claiming: claiming.signal }));
  };
  const run = async (): Promise<void> => {
    let failures = 0;
    let idleMs = FIRST_IDLE_MS;
    while (!claiming.signal.aborted) {
      try {
        const beganMs = clock.monotonicMs();
        const waitMs = await look({ store: options.store, limits, flights, holderId, begin, idleMs });
        failures = 0;
        idleMs = waitMs === idleMs ? Math.min(limits.pollMs, idleMs * 2) : FIRST_IDLE_MS;
        const tookMs = clock.monotonicMs() - beganMs;
        if (flights.hasWaiting()) await pause(paceMs(tookMs), { clock, signal: claiming.signal });
        if (waitMs !== 0) await wakeUp.wait(waitMs);
      } catch (error) {
        failures += 1;
        report({ kind: "storeFailed", during: "claim", error });
        await pause(storeBackoffMs(failures, options.random), { clock, signal: claiming.signal });
      }
    }
  };
  return lifeOf({ ...options, limits, run, flights, claiming, sending, wakeUp });
}

function paceMs(tookMs: number): number {
  return Math.min(PACE_MS.most, Math.max(PACE_MS.least, tookMs));
}

/** Sent, or given back where nothing is to be claimed any more. */
function flightOf(claimed: ClaimedDelivery, options: DeliverOptions & { readonly claiming: AbortSignal }): Flight {
  const giveBack = async (): Promise<void> => {
    await release(claimed, options);
  };
  return {
    // One whose process died counts one more if this one dies (F40), and that is to mean that it was being sent.
    mayWait: claimed.crashes === 0,
    giveBack,
    send: async (landed) => {
      try {
        if (options.claiming.aborted) await giveBack();
        else await deliver({ claimed, landed }, options);
      } catch (error) {
        options.report({ kind: "faulted", error });
      }
    },
  };
}

/** One wake for all that end within a moment: measured, a fifth fewer claims and a tenth less work per delivery. */
function wakeSoon(clock: Clock, wakeUp: WakeUp): () => void {
  let isComing = false;
  return () => {
    if (isComing) return;
    isComing = true;
    clock.after(GATHER_MS, () => {
      isComing = false;
      wakeUp.wake();
    });
  };
}

/** One look at the store; answers how long to wait for the next one, `null`: until one in flight ends. */
async function look(state: {
  readonly store: Pick<Store, "claimDeliveries" | "nextDueInMs">;
  readonly limits: WorkerLimits;
  readonly flights: Flights;
  /** Of this worker's leases. */
  readonly holderId: string;
  readonly begin: (claimed: ClaimedDelivery) => void;
  readonly idleMs: number;
}): Promise<number | null> {
  const { perEndpoint, leaseMs, pollMs } = state.limits;
  const limit = state.flights.room();
  if (limit <= 0) return null;
  const holder = { holderId: state.holderId, rooms: state.flights.rooms() };
  const claimed = await state.store.claimDeliveries({ limit, perEndpoint, leaseMs, holder });
  for (const one of claimed) state.begin(one);
  if (claimed.length === limit) return 0;
  // All that could be had: more comes with a wake, from one that ends or one that is new; to ask at once costs a claim.
  if (claimed.length > 0) return FIRST_IDLE_MS;
  const dueInMs = await state.store.nextDueInMs();
  return Math.min(pollMs, Math.max(state.idleMs, dueInMs ?? pollMs));
}

interface Life extends Pick<DeliveryWorkerOptions, "store" | "clock"> {
  readonly limits: WorkerLimits;
  readonly run: () => Promise<void>;
  readonly flights: Flights;
  readonly claiming: AbortController;
  readonly sending: AbortController;
  readonly wakeUp: WakeUp;
}

function lifeOf({ store, clock, limits, run, flights, claiming, sending, wakeUp }: Life): DeliveryWorker {
  const wake = (): void => {
    wakeUp.wake();
  };
  let running: Promise<void> | null = null;
  let stopped: Promise<void> | null = null;
  let unsubscribe = (): void => undefined;
  const end = async (): Promise<void> => {
    unsubscribe();
    claiming.abort();
    flights.giveBack();
    wake();
    const { promise: late, resolve: giveUp } = Promise.withResolvers<undefined>();
    const cancelAbort = clock.after(limits.stopMs, () => {
      sending.abort();
    });
    const cancelGiveUp = clock.after(limits.stopMs + RELEASE_MS, () => {
      giveUp(undefined);
    });
    const allEnded = (running ?? Promise.resolve()).then(async () => {
      await flights.ended();
    });
    await Promise.race([allEnded, late]);
    cancelAbort();
    cancelGiveUp();
  };
  return {
    start: () => {
      if (running !== null || stopped !== null) return;
      unsubscribe = store.onDeliveriesDue(wake);
      running = run();
    },
    wake,
    stop: async () => {
      stopped ??= end();
      await stopped;
    },
  };
}
