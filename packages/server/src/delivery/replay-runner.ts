import { type Clock, pause } from "../clock.ts";
import type { Random } from "../random.ts";
import type { Store } from "../store/store.ts";
import { storeBackoffMs } from "./store-retry.ts";

/** What {@link createReplayRunner} is made of. */
export interface ReplayRunnerOptions {
  readonly store: Pick<Store, "advanceReplay">;
  readonly clock: Clock;
  readonly random: Random;
  /** Longest wait between two looks: a replay may have been made on another node. */
  readonly pollMs?: number;
  /** Must not throw. */
  readonly report: (fault: unknown) => void;
}

/** Runs replays until it is stopped; any number of nodes may. */
export interface ReplayRunner {
  start(): void;
  /** Resolves when its last batch has ended; what is left is done by others, or after the next start. */
  stop(): Promise<void>;
}

const POLL_MS = 500;

/** @see reliability.md S26: the job is a row, and its batches are the store's; here is only the loop */
export function createReplayRunner(options: ReplayRunnerOptions): ReplayRunner {
  const { store, clock, random, pollMs = POLL_MS, report } = options;
  const stopping = new AbortController();
  const { signal } = stopping;
  let running: Promise<void> | null = null;
  const run = async (): Promise<void> => {
    let failures = 0;
    while (!signal.aborted) {
      let waitMs = 0;
      try {
        waitMs = Math.min(pollMs, (await store.advanceReplay()) ?? pollMs);
        failures = 0;
      } catch (fault) {
        failures += 1;
        report(fault);
        waitMs = storeBackoffMs(failures, random);
      }
      if (waitMs > 0) await pause(waitMs, { clock, signal });
    }
  };
  return {
    start: () => {
      running ??= run();
    },
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}
