import { once } from "node:events";
import type { Forwarded } from "./forward.ts";
import { isAcknowledged } from "./show.ts";

/** What the keys of a listener change, and what they look at. */
export interface Switches {
  isPaused(): boolean;
  /** Pauses or goes on; answers what to tell. */
  togglePause(): string;
  /** Resolves at once, or when the pause or the listener ends. */
  running(stop: AbortSignal): Promise<void>;
  /** Shows less, or all again; answers what to tell. Everything is forwarded all the same. */
  nextFilter(): string;
  shows(request: { readonly outcome: string; readonly forwarded: Forwarded }): boolean;
  /** A request reached the receiver. */
  reached(eventId: string): void;
  /** Nobody was there; answers how often in a row before. */
  missed(): number;
  lastEventId(): string | null;
}

type Filter = Parameters<Switches["shows"]>[0];

/** In the order of the key. */
const FILTERS: readonly { readonly told: string; readonly shows: (request: Filter) => boolean }[] = [
  { told: "Shows all.", shows: () => true },
  { told: "Shows what was not acknowledged.", shows: ({ forwarded }) => !isAcknowledged(forwarded) },
  { told: "Shows what did not pass.", shows: ({ outcome }) => outcome !== "passed" },
  { told: "Shows what passed.", shows: ({ outcome }) => outcome === "passed" },
];

/** Nothing paused, all shown. */
export function createSwitches(): Switches {
  let pause: AbortController | null = null;
  let filter = 0;
  let last: string | null = null;
  let misses = 0;
  return {
    isPaused: () => pause !== null,
    togglePause: () => {
      if (pause === null) {
        pause = new AbortController();
        return "Paused: what happens waits on the server. p goes on.";
      }
      pause.abort();
      pause = null;
      return "Goes on.";
    },
    running: async (stop) => {
      if (pause === null || stop.aborted) return;
      await once(AbortSignal.any([pause.signal, stop]), "abort");
    },
    nextFilter: () => {
      filter = (filter + 1) % FILTERS.length;
      return FILTERS[filter]?.told ?? "";
    },
    shows: (request) => FILTERS[filter]?.shows(request) ?? true,
    reached: (eventId) => {
      last = eventId;
      misses = 0;
    },
    missed: () => {
      misses += 1;
      return misses - 1;
    },
    lastEventId: () => last,
  };
}
