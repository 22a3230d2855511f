import { newId } from "@sameface/contract";
import { type Clock, pause } from "../clock.ts";
import type { Random } from "../random.ts";
import type { Store } from "../store/store.ts";

/** How much a sweeper takes at once, and how often it looks. */
export interface SweeperLimits {
  /** Events a batch: what one transaction holds up others for. */
  readonly batch: number;
  /** Between two batches, so that a first sweep of years leaves the store to those who wait. */
  readonly restMs: number;
  readonly everyMs: number;
}

const DAY_MS = 86_400_000;
/** What is shipped. */
const SWEEPER_LIMITS: SweeperLimits = { batch: 500, restMs: 50, everyMs: 3_600_000 };

/** What a sweeper tells its host. */
export type SweepReport =
  | { readonly kind: "swept"; readonly tenantId: string; readonly events: number }
  | { readonly kind: "forgot"; readonly tenantId: string; readonly customers: number }
  /** It looks again at the next turn. */
  | { readonly kind: "sweepFailed"; readonly error: unknown };

/** What {@link createSweeper} is made of. */
export interface SweeperOptions {
  readonly store: Pick<Store, "listTenants" | "sweep" | "listUncontacted" | "eraseCustomer">;
  readonly clock: Clock;
  readonly random: Random;
  /** Of what happened. */
  readonly keepDays: number;
  /** Of a customer, after the last enrolment or pass (S10). */
  readonly customerDays: number;
  readonly limits?: SweeperLimits;
  /** Must not throw. */
  readonly report: (report: SweepReport) => void;
}

/** Takes away what is older than it is to be kept. */
export interface Sweeper {
  /** At once, and then again and again. */
  start(): void;
  /** Resolves when the batch under way has ended. */
  stop(): Promise<void>;
}

/** Several nodes may sweep at the same time: what one took, the other does not find. */
export function createSweeper(options: SweeperOptions): Sweeper {
  const { clock, limits = SWEEPER_LIMITS, report } = options;
  const stopping = new AbortController();
  const { signal } = stopping;
  const run = async (): Promise<void> => {
    while (!signal.aborted) {
      try {
        await sweepTenants({ ...options, limits, signal });
      } catch (error) {
        report({ kind: "sweepFailed", error });
      }
      await pause(limits.everyMs, { clock, signal });
    }
  };
  let running: Promise<void> | null = null;
  return {
    start: () => {
      if (!signal.aborted) running ??= run();
    },
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}

interface Sweeping extends SweeperOptions {
  readonly limits: SweeperLimits;
  readonly signal: AbortSignal;
}

async function sweepTenants(sweeping: Sweeping): Promise<void> {
  let after: string | null = null;
  do {
    const page: Awaited<ReturnType<Store["listTenants"]>> = await sweeping.store.listTenants({ after, limit: 100 });
    for (const { tenantId } of page.items) {
      await sweepTenant(sweeping, tenantId);
      await forgetCustomers(sweeping, tenantId);
    }
    after = page.next;
  } while (after !== null && !sweeping.signal.aborted);
}

async function sweepTenant({ store, clock, keepDays, limits, signal, report }: Sweeping, tenantId: string) {
  let events = 0;
  let after: number | null = null;
  while (!signal.aborted) {
    const { counts, next } = await store.sweep({
      tenantId,
      olderThanMs: keepDays * DAY_MS,
      after,
      limit: limits.batch,
    });
    events += counts.events;
    after = next;
    if (next === null) break;
    await pause(limits.restMs, { clock, signal });
  }
  if (events > 0) report({ kind: "swept", tenantId, events });
}

/** Each is a transaction of its own, and a stop waits for those that were begun. */
const FORGET_BATCH = 20;

/** Erasures like any other: with a receipt, an audit row, and a tombstone. */
async function forgetCustomers(sweeping: Sweeping, tenantId: string): Promise<void> {
  const { store, clock, random, customerDays, limits, signal, report } = sweeping;
  let customers = 0;
  while (!signal.aborted) {
    const refs = await store.listUncontacted({ tenantId, forMs: customerDays * DAY_MS, limit: FORGET_BATCH });
    for (const ref of refs) {
      const target = `customer:${ref.subject}`;
      const audit = { actor: "system", action: "customer.erased", target, details: { reason: "retention" } };
      await store.eraseCustomer({ ...ref, receiptId: newId(random), audit });
      customers += 1;
    }
    if (refs.length < FORGET_BATCH) break;
    await pause(limits.restMs, { clock, signal });
  }
  if (customers > 0) report({ kind: "forgot", tenantId, customers });
}
