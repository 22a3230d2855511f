import type { LeaseHolder } from "../store/store.ts";
import { createLane, type Flight, type Lane, type LaneParts } from "./lane.ts";

/** What a worker has leased, in all and by endpoint. */
export interface Flights {
  /** How many more may be leased. */
  readonly room: () => number;
  /** How many more of each endpoint of which it has any. Asked for once a claim. */
  readonly rooms: () => LeaseHolder["rooms"];
  /** It begins now, or when a place of its endpoint becomes free. */
  readonly begin: (endpointId: string, flight: Flight) => void;
  /** Some of it waits for a place. */
  readonly hasWaiting: () => boolean;
  /** What waits for a place is given back. */
  readonly giveBack: () => void;
  /** Resolves when all that it has now has ended, and is recorded. */
  readonly ended: () => Promise<void>;
}

/**
 * One that has landed makes room at once, so that the next claim need not wait for its record. What waits to be recorded
 * is bounded, too: a store that takes no results gets no further requests out of here.
 * @param parts.onRoom called when one lands where a claim may have had to leave another behind: all or its endpoint was full
 */
export function createFlights(
  limits: { readonly mostLeased: number; readonly perEndpoint: number },
  parts: Pick<LaneParts, "clock"> & { readonly onRoom: () => void },
): Flights {
  const all = new Set<Promise<void>>();
  const lanes = new Map<string, Lane>();
  let leased = 0;
  const room = (): number => Math.min(limits.mostLeased - leased, 2 * limits.mostLeased - all.size);
  const keep = async (work: Promise<void>): Promise<void> => {
    all.add(work);
    await work;
    const wasFull = room() <= 0;
    all.delete(work);
    if (wasFull) parts.onRoom();
  };
  const left = ({ full }: { readonly full: boolean }): void => {
    if (full || room() <= 0) parts.onRoom();
    leased -= 1;
  };
  const laneParts: LaneParts = { ...parts, perEndpoint: limits.perEndpoint, left, keep };
  return {
    room,
    rooms: () => {
      for (const [endpointId, lane] of lanes) if (lane.isEmpty()) lanes.delete(endpointId);
      return new Map([...lanes].map(([endpointId, lane]) => [endpointId, lane.takeRoom()]));
    },
    begin: (endpointId, flight) => {
      leased += 1;
      if (!lanes.has(endpointId)) lanes.set(endpointId, createLane(laneParts));
      lanes.get(endpointId)?.begin(flight);
    },
    hasWaiting: () => [...lanes.values()].some((lane) => lane.hasWaiting()),
    giveBack: () => {
      for (const lane of lanes.values()) lane.giveBack();
    },
    ended: async () => {
      while (all.size > 0) await Promise.all(all);
    },
  };
}
