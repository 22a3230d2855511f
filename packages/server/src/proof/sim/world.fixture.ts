import { nextTick } from "node:process";
import type { Clock } from "../../clock.ts";
import type { Random } from "../../random.ts";

/** Dice of one kind of event: what is drawn here moves nothing elsewhere. */
export interface Dice extends Random {
  /** 0 ≤ n < below */
  whole(below: number): number;
  chance(share: number): boolean;
  pick<T>(from: readonly T[]): T;
}

/** Virtual time, and one queue of all that is to happen. */
export interface World {
  /** Milliseconds since 1970; starts on 2026-01-01. */
  readonly nowMs: () => number;
  readonly after: (delayMs: number, callback: () => void) => () => void;
  readonly sleep: (ms: number) => Promise<void>;
  /** Seeded, and apart for each name. */
  readonly dice: (name: string) => Dice;
  /** Runs what is queued, in its order, until `isOver` or the time is up; says whether it was over. */
  readonly run: (isOver: () => boolean, untilMs: number) => Promise<boolean>;
  readonly steps: () => number;
}

interface Planned {
  readonly atMs: number;
  /** Of those of one moment, whichever the seed likes. */
  readonly rank: number;
  readonly sequence: number;
  readonly callback: () => void;
}

const HOUR_MS = 3_600_000;
const START_MS = Date.UTC(2026, 0, 1);

/** A world of its own. No real time passes in it and nothing real is waited for, so the seed alone decides what happens. */
export function createWorld(seed: number): World {
  let nowMs = START_MS;
  let sequence = 0;
  let steps = 0;
  const queue: Planned[] = [];
  const ranks = diceOf(seed, "ranks");
  // Whole milliseconds, as every clock of a wall tells them.
  const after = (delayMs: number, callback: () => void): (() => void) => {
    sequence += 1;
    const planned = { atMs: nowMs + Math.ceil(Math.max(0, delayMs)), rank: ranks.fraction(), sequence, callback };
    queue.splice(placeOf(queue, planned), 0, planned);
    return () => {
      const at = queue.indexOf(planned);
      if (at !== -1) queue.splice(at, 1);
    };
  };
  return {
    nowMs: () => nowMs,
    after,
    sleep: async (ms) => {
      await new Promise<void>((resolve) => void after(ms, resolve));
    },
    dice: (name) => diceOf(seed, name),
    run: async (isOver, untilMs) => {
      // What was begun just now goes as far as it can before time does.
      await allElse();
      while (!isOver()) {
        const next = queue[0];
        if (next === undefined || next.atMs > untilMs) return false;
        queue.shift();
        nowMs = next.atMs;
        steps += 1;
        next.callback();
        // Whatever follows from it without time passing has happened then.
        await allElse();
      }
      return true;
    },
    steps: () => steps,
  };
}

/** Resolves when no promise has anything left to do. The loop does not turn for it: that costs four times as much. */
async function allElse(): Promise<void> {
  await new Promise<void>((resolve) => {
    nextTick(resolve);
  });
}

/** Lets the world go on until the work is done, within an hour of it. */
export async function settle(world: World, work: Promise<unknown>): Promise<void> {
  const state = { is: false };
  void work.then(() => {
    state.is = true;
  });
  await world.run(() => state.is, world.nowMs() + HOUR_MS);
}

/** The world's clock, as parts of the server know it; `skewMs` is how wrong its wall is. */
export function clockOf(world: World, skewMs: () => number = () => 0): Clock {
  return {
    nowMs: () => world.nowMs() + skewMs(),
    monotonicMs: () => world.nowMs() - START_MS,
    after: world.after,
  };
}

/** Where it belongs in a queue that is in order. */
function placeOf(queue: readonly Planned[], planned: Planned): number {
  let [low, high] = [0, queue.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const other = queue[middle];
    if (other !== undefined && isBefore(other, planned)) low = middle + 1;
    else high = middle;
  }
  return low;
}

function isBefore(a: Planned, b: Planned): boolean {
  if (a.atMs !== b.atMs) return a.atMs < b.atMs;
  return a.rank === b.rank ? a.sequence < b.sequence : a.rank < b.rank;
}

/** mulberry32, https://gist.github.com/tommyettinger/46a874533244883189143505d203312c: small, and even enough for dice. */
function diceOf(seed: number, name: string): Dice {
  let state = Buffer.from(name).reduce((sum, byte) => Math.imul(sum ^ byte, 16_777_619) >>> 0, seed >>> 0);
  const fraction = (): number => {
    state = (state + 0x6d_2b_79_f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const whole = (below: number): number => Math.floor(fraction() * below);
  return {
    fraction,
    whole,
    chance: (share) => fraction() < share,
    pick: (from) => {
      const found = from[whole(from.length)];
      if (found === undefined) throw new RangeError("nothing to pick from");
      return found;
    },
    bytes: (length) => Uint8Array.from({ length }, () => whole(256)),
  };
}
