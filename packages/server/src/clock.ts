/** Time as the server knows it; handed in everywhere, so that a test or a simulation owns it. */
export interface Clock {
  /** Milliseconds since 1970-01-01 UTC. */
  nowMs(): number;
  /** Milliseconds of a clock that never runs back, for durations only. */
  monotonicMs(): number;
  /** Calls back once after `delayMs`; answers the way to cancel it. */
  after(delayMs: number, callback: () => void): () => void;
}

/** The clock of this host. */
export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  after: (delayMs, callback) => {
    const timer = setTimeout(callback, delayMs);
    return () => {
      clearTimeout(timer);
    };
  },
};

/** Resolves after `ms`, or at once when the signal is aborted. */
export async function pause(ms: number, { clock, signal }: { clock: Clock; signal: AbortSignal }): Promise<void> {
  if (signal.aborted) return;
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const end = (): void => {
    resolve(undefined);
  };
  const cancel = clock.after(ms, end);
  signal.addEventListener("abort", end, { once: true });
  await promise;
  cancel();
  signal.removeEventListener("abort", end);
}
