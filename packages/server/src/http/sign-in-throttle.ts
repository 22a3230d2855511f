import type { Clock } from "../clock.ts";
import { sourceNetwork } from "./source-network.ts";

/** Slows down who guesses keys, by address (reliability.md S28). */
export interface SignInThrottle {
  /** Milliseconds to wait before the next attempt is looked at; 0: now. */
  waitMs(address: string): number;
  failed(address: string): void;
  succeeded(address: string): void;
}

/** Slips of the pen that cost nothing. */
const FREE_FAILURES = 5;
const LONGEST_WAIT_MS = 60_000;
/** Nothing is remembered of an address that was quiet for so long. */
const FORGET_MS = 15 * 60_000;
/** An attacker with many addresses costs memory; beyond this the oldest is forgotten. */
const MOST_ADDRESSES = 10_000;

interface Failures {
  readonly count: number;
  readonly lastAtMs: number;
}

/** In memory: a key has 128 random bits, so that what is lost with a restart is no more than five guesses. */
export function createSignInThrottle(clock: Pick<Clock, "monotonicMs">): SignInThrottle {
  const failures = new Map<string, Failures>();
  const read = (address: string): Failures | undefined => {
    const known = failures.get(sourceNetwork(address));
    return known !== undefined && clock.monotonicMs() - known.lastAtMs < FORGET_MS ? known : undefined;
  };
  return {
    waitMs(address) {
      const known = read(address);
      if (known === undefined || known.count < FREE_FAILURES) return 0;
      const pauseMs = Math.min(LONGEST_WAIT_MS, 1_000 * 2 ** (known.count - FREE_FAILURES));
      return Math.max(0, known.lastAtMs + pauseMs - clock.monotonicMs());
    },
    failed(address) {
      const count = (read(address)?.count ?? 0) + 1;
      const network = sourceNetwork(address);
      // Taken out first, so that the map's order is that of the last failure.
      failures.delete(network);
      failures.set(network, { count, lastAtMs: clock.monotonicMs() });
      const [oldest] = failures.keys();
      if (failures.size > MOST_ADDRESSES && oldest !== undefined) failures.delete(oldest);
    },
    succeeded(address) {
      failures.delete(sourceNetwork(address));
    },
  };
}
