import type { ClaimedDelivery } from "../store/store.ts";

/** What is in flight, counted in all and by endpoint. */
export interface Flights {
  /** How many more may begin. */
  readonly room: () => number;
  /** @param work is told the way to say that its request has ended: only its result has to be recorded */
  readonly begin: (claimed: ClaimedDelivery, work: (landed: () => void) => Promise<void>) => void;
  /** Resolves when all that are in flight now have ended, and are recorded. */
  readonly ended: () => Promise<void>;
}

/**
 * One that has landed makes room at once, so that the next claim is written together with its result. What waits to be
 * recorded is bounded, too: a store that takes no results gets no further requests out of here.
 * @param onRoom called when one lands where a claim may have had to leave another behind: all or its endpoint was full
 */
export function createFlights(
  limits: { readonly concurrency: number; readonly perEndpoint: number },
  onRoom: () => void,
): Flights {
  const all = new Set<Promise<void>>();
  const byEndpoint = new Map<string, number>();
  let inFlight = 0;
  const room = (): number => Math.min(limits.concurrency - inFlight, 2 * limits.concurrency - all.size);
  const land = (endpointId: string): void => {
    const ofEndpoint = byEndpoint.get(endpointId) ?? 0;
    const wasFull = room() <= 0 || ofEndpoint >= limits.perEndpoint;
    inFlight -= 1;
    if (ofEndpoint <= 1) byEndpoint.delete(endpointId);
    else byEndpoint.set(endpointId, ofEndpoint - 1);
    if (wasFull) onRoom();
  };
  return {
    room,
    begin: ({ endpoint: { endpointId } }, work) => {
      inFlight += 1;
      byEndpoint.set(endpointId, (byEndpoint.get(endpointId) ?? 0) + 1);
      let hasLanded = false;
      const landed = (): void => {
        if (!hasLanded) land(endpointId);
        hasLanded = true;
      };
      const flight = work(landed).then(() => {
        const wasFull = room() <= 0;
        all.delete(flight);
        landed();
        if (wasFull) onRoom();
      });
      all.add(flight);
    },
    ended: async () => {
      await Promise.all(all);
    },
  };
}
