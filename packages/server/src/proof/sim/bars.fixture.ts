/** Whose PASS would be wrong from now on: blocked or erased, and the call has returned (F43). */
export interface Bars {
  has(who: string): boolean;
  /** Begins a block or an erasure. @returns to be called when it has returned */
  beginBar(who: string): () => void;
  /** Begins an enrolment or an unblock: from now on they may pass. @returns to be called when it has returned */
  beginLift(who: string): () => void;
}

/** A bar beside a lift bars nobody: nobody knows which of the two came last. */
export function createBars(): Bars {
  const barred = new Set<string>();
  const lifts = new Map<string, { begun: number; ended: number }>();
  const liftsOf = (who: string): { begun: number; ended: number } => {
    const known = lifts.get(who) ?? { begun: 0, ended: 0 };
    lifts.set(who, known);
    return known;
  };
  return {
    has: (who) => barred.has(who),
    beginBar: (who) => {
      const known = liftsOf(who);
      const { begun } = known;
      return () => {
        if (known.begun === begun && known.ended === begun) barred.add(who);
      };
    },
    beginLift: (who) => {
      const known = liftsOf(who);
      known.begun += 1;
      barred.delete(who);
      return () => {
        known.ended += 1;
      };
    },
  };
}
