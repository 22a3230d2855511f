import type { Clock } from "../clock.ts";

/** Work that is done in rounds, one after another, as long as there is some. */
export interface Drain {
  /** The next round begins at once, where none is under way. */
  begin(): void;
  /** It begins after {@link PATIENCE_MS} at the latest, or with whoever begins before. */
  beginSoon(): void;
  isRunning(): boolean;
  /** Resolves when the present rounds have ended. */
  ended(): Promise<void>;
}

/** Measured: on SQLite a claim follows within half of this, and what waited shares its commit. */
const PATIENCE_MS = 10;

/**
 * @param parts.canWait what there is may wait for company
 * @param parts.round does some of the work, and awaits something
 */
export function createDrain(parts: {
  readonly clock: Clock;
  readonly hasWork: () => boolean;
  readonly canWait: () => boolean;
  readonly round: () => Promise<void>;
}): Drain {
  let running: Promise<void> | null = null;
  let cancelSoon: (() => void) | null = null;
  const run = async (): Promise<void> => {
    do {
      cancelSoon?.();
      cancelSoon = null;
      await parts.round();
    } while (parts.hasWork() && !parts.canWait());
    running = null;
    if (parts.hasWork()) beginSoon();
  };
  const begin = (): void => {
    // Without work it would have ended before it is known to run.
    if (parts.hasWork()) running ??= run();
  };
  const beginSoon = (): void => {
    if (running === null) cancelSoon ??= parts.clock.after(PATIENCE_MS, begin);
  };
  return {
    begin,
    beginSoon,
    isRunning: () => running !== null,
    ended: async () => {
      await running;
    },
  };
}
