import type { ClaimedDelivery } from "../store/store.ts";

/** What is in flight, counted in all and by endpoint. */
export interface Flights {
  readonly size: () => number;
  readonly add: (claimed: ClaimedDelivery, work: Promise<void>) => void;
  /** Resolves when all that are in flight now have ended. */
  readonly ended: () => Promise<void>;
}

/** @param onRoom called when one ends where a claim may have had to leave another behind: all or its endpoint was full */
export function createFlights(
  limits: { readonly concurrency: number; readonly perEndpoint: number },
  onRoom: () => void,
): Flights {
  const all = new Set<Promise<void>>();
  const byEndpoint = new Map<string, number>();
  return {
    size: () => all.size,
    add: ({ endpoint: { endpointId } }, work) => {
      byEndpoint.set(endpointId, (byEndpoint.get(endpointId) ?? 0) + 1);
      const flight = work.then(() => {
        const inFlight = byEndpoint.get(endpointId) ?? 0;
        const wasFull = all.size >= limits.concurrency || inFlight >= limits.perEndpoint;
        all.delete(flight);
        if (inFlight <= 1) byEndpoint.delete(endpointId);
        else byEndpoint.set(endpointId, inFlight - 1);
        if (wasFull) onRoom();
      });
      all.add(flight);
    },
    ended: async () => {
      await Promise.all(all);
    },
  };
}
