import { type Clock, pause } from "../clock.ts";
import type { Store } from "../store/store.ts";

/** Looks for tenants that fell silent, until it is stopped; any number of nodes may. */
export interface RhythmWatch {
  start(): void;
  stop(): Promise<void>;
}

/** A silence is noticed within this; the shortest that is told lasts 15 times as long. */
const EVERY_MS = 60_000;

/** @see product.md, "no gap alarm" */
export function createRhythmWatch(options: {
  readonly store: Pick<Store, "watchRhythms">;
  readonly clock: Clock;
  /** Must not throw. */
  readonly report: (fault: unknown) => void;
}): RhythmWatch {
  const { store, clock, report } = options;
  const stopping = new AbortController();
  const { signal } = stopping;
  let running: Promise<void> | null = null;
  const run = async (): Promise<void> => {
    while (!signal.aborted) {
      // One look that fails is made up for by the next.
      await store.watchRhythms().catch(report);
      await pause(EVERY_MS, { clock, signal });
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
