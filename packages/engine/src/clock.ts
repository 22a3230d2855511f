/** Time, handed in. */
export interface Clock {
  /** Milliseconds from an arbitrary start, never running back. */
  now(): number;
  /** Calls `action` once after `ms`; the answer calls it off. */
  after(ms: number, action: () => void): () => void;
}

/** The process's own time. */
export const systemClock: Clock = {
  now: () => performance.now(),
  after(ms, action) {
    const timer = setTimeout(action, ms);
    return () => {
      clearTimeout(timer);
    };
  },
};
