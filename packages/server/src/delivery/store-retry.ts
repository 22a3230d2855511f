import { type Clock, pause } from "../clock.ts";
import type { Random } from "../random.ts";

const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 5_000;

/** The wait after the n-th failure in a row (1 for the first): doubling, jittered down by up to a half. */
export function storeBackoffMs(failures: number, random: Random): number {
  const full = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (failures - 1));
  return full * (0.5 + random.fraction() / 2);
}

/** What {@link insist} is told. */
export interface InsistOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** No further try begins after this. */
  readonly forMs: number;
  /** Aborted: the present try is the last. */
  readonly signal: AbortSignal;
  readonly onFailure: (error: unknown) => void;
}

/** Tries until the store takes it; `null`: it did not in time. Never rejects. */
export async function insist<T>(work: () => Promise<T>, options: InsistOptions): Promise<T | null> {
  const startedMs = options.clock.monotonicMs();
  for (let failures = 1; ; failures += 1) {
    try {
      return await work();
    } catch (error) {
      options.onFailure(error);
    }
    const waitMs = storeBackoffMs(failures, options.random);
    if (options.clock.monotonicMs() - startedMs + waitMs > options.forMs || options.signal.aborted) return null;
    await pause(waitMs, options);
  }
}
