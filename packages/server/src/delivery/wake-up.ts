import type { Clock } from "../clock.ts";

/** Lets one loop sleep until there may be something to do. */
export interface WakeUp {
  /** Ends the present wait, or the next one before it begins. */
  wake(): void;
  /** Resolves when woken, after `ms`, or at once where a wake came since the last wait; `null`: only when woken. */
  wait(ms: number | null): Promise<void>;
}

/** A wake is remembered until a wait has seen it, so none is lost between a look and the sleep after it. */
export function createWakeUp(clock: Clock): WakeUp {
  let isAwake = false;
  let resolveWait: (() => void) | null = null;
  return {
    wake: () => {
      isAwake = true;
      resolveWait?.();
    },
    wait: async (ms) => {
      const { promise, resolve } = Promise.withResolvers<undefined>();
      resolveWait = () => {
        resolve(undefined);
      };
      const cancel = ms === null ? null : clock.after(ms, resolveWait);
      if (isAwake) resolveWait();
      await promise;
      cancel?.();
      resolveWait = null;
      isAwake = false;
    },
  };
}
