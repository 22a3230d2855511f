import type { Clock } from "../clock.ts";

/** What becomes of one that was claimed: exactly one of the two is called. Neither rejects. */
export interface Flight {
  /** It may wait for a place. One that does not is given back where there is none. */
  readonly mayWait: boolean;
  /** @param landed told when the request has ended, and only its result has to be recorded */
  send(landed: (how: { readonly acknowledged: boolean }) => void): Promise<void>;
  giveBack(): Promise<void>;
}

/** What a worker has leased of one endpoint: in flight, waiting for a place, or about to be recorded. */
export interface Lane {
  /** It begins now, or when a place becomes free. */
  readonly begin: (flight: Flight) => void;
  /** How many more it takes. Asked for once a claim: it counts anew what ends from then on. */
  readonly takeRoom: () => number;
  /** What waits for a place is given back. */
  readonly giveBack: () => void;
  readonly hasWaiting: () => boolean;
  /** Nothing is left of it, and nothing that the next claim is to know. */
  readonly isEmpty: () => boolean;
}

/** What a lane tells of its flights. */
export interface LaneParts {
  readonly clock: Pick<Clock, "monotonicMs" | "after">;
  readonly perEndpoint: number;
  /** One has landed or is given back, where all places were taken or not. */
  readonly left: (was: { readonly full: boolean }) => void;
  /** Called at the beginning of what has to end before all has ended. */
  readonly keep: (work: Promise<void>) => Promise<void>;
}

interface State {
  inFlight: number;
  readonly waiting: { readonly flight: Flight; readonly sinceMs: number }[];
  /** Not yet recorded. */
  kept: number;
  /** Acknowledged soon, since the last claim, none having failed since. */
  acknowledged: number;
  /** Claims in which none failed, up to {@link MOST_TIMES}. */
  calmClaims: number;
  isWatched: boolean;
}

/**
 * Longer than any claim takes; what an operator or an erasure changed meanwhile holds for what waited longer. An endpoint
 * that takes as long to acknowledge has nothing ahead: what waits would be given back.
 */
const LONGEST_WAIT_MS = 500;
/** So many times its places are leased ahead at most. */
const MOST_AHEAD = 4;
/**
 * So many times what it acknowledged since the last claim: a claim has to last until the next one's answer, which is more
 * than one claim away, and an endpoint that had to wait for one acknowledged less than it could. Measured on PostgreSQL:
 * with once as much its places were empty for a quarter of the time. It comes to that claim by claim, and after a failure
 * anew: behind one that fails now and then less is given back.
 */
const MOST_TIMES = 3;
/**
 * So many times its places are in flight or not recorded at most: what a killed process had sent of an endpoint and not
 * recorded is sent once more (T13), and is no more than this.
 */
const MOST_KEPT = 3;

/**
 * Of an endpoint that acknowledges some are leased ahead, so that none of its places is empty during the next claim. One
 * that fails has nothing ahead: the store says what is to be done about it.
 */
export function createLane(parts: LaneParts): Lane {
  const state: State = { inFlight: 0, waiting: [], kept: 0, acknowledged: 0, calmClaims: 0, isWatched: false };
  return {
    begin: (flight) => {
      if (!flight.mayWait && !hasPlace(state, parts)) {
        // Nothing ahead in the next claim: it would bring the same one.
        state.acknowledged = 0;
        giveBack(flight, parts);
        return;
      }
      state.waiting.push({ flight, sinceMs: parts.clock.monotonicMs() });
      fill(state, parts);
      watch(state, parts);
    },
    takeRoom: () => {
      state.calmClaims = Math.min(MOST_TIMES, state.calmClaims + 1);
      const ahead = Math.min(MOST_AHEAD * parts.perEndpoint, state.calmClaims * state.acknowledged);
      state.acknowledged = 0;
      return Math.max(0, parts.perEndpoint - state.inFlight + ahead - state.waiting.length);
    },
    giveBack: () => {
      giveBackAll(state, parts);
    },
    hasWaiting: () => state.waiting.length > 0,
    isEmpty: () => state.kept + state.waiting.length + state.acknowledged === 0,
  };
}

function hasPlace(state: State, { perEndpoint }: LaneParts): boolean {
  return state.inFlight < perEndpoint && state.kept < MOST_KEPT * perEndpoint;
}

/** Takes of what waits as long as there is a place. */
function fill(state: State, parts: LaneParts): void {
  while (hasPlace(state, parts)) {
    const first = state.waiting.shift();
    if (first === undefined) return;
    if (parts.clock.monotonicMs() - first.sinceMs > LONGEST_WAIT_MS) giveBack(first.flight, parts);
    else send(first.flight, state, parts);
  }
}

/** Where no place becomes free, what waits is given back after a while: it holds no lease that others could have. */
function watch(state: State, parts: LaneParts): void {
  const [first] = state.waiting;
  if (state.isWatched || first === undefined) return;
  state.isWatched = true;
  parts.clock.after(first.sinceMs + LONGEST_WAIT_MS - parts.clock.monotonicMs(), () => {
    const beforeMs = parts.clock.monotonicMs() - LONGEST_WAIT_MS;
    const late = state.waiting.filter(({ sinceMs }) => sinceMs <= beforeMs).length;
    for (const { flight } of state.waiting.splice(0, late)) giveBack(flight, parts);
    state.isWatched = false;
    watch(state, parts);
  });
}

function send(flight: Flight, state: State, parts: LaneParts): void {
  state.inFlight += 1;
  const beganMs = parts.clock.monotonicMs();
  let hasLanded = false;
  const landed = ({ acknowledged }: { readonly acknowledged: boolean }): void => {
    if (hasLanded) return;
    hasLanded = true;
    const full = state.inFlight >= parts.perEndpoint;
    state.inFlight -= 1;
    if (!acknowledged) takeNothingAhead(state, parts);
    else if (parts.clock.monotonicMs() - beganMs < LONGEST_WAIT_MS) state.acknowledged += 1;
    parts.left({ full });
    fill(state, parts);
  };
  const sent = flight.send(landed).then(() => {
    landed({ acknowledged: false });
  });
  keep(sent, state, parts);
}

function takeNothingAhead(state: State, parts: LaneParts): void {
  state.acknowledged = 0;
  state.calmClaims = 0;
  giveBackAll(state, parts);
}

function giveBackAll(state: State, parts: LaneParts): void {
  for (const { flight } of state.waiting.splice(0)) giveBack(flight, parts);
}

function giveBack(flight: Flight, parts: LaneParts): void {
  parts.left({ full: false });
  // It was not sent: what may be sent meanwhile is not less for it.
  void parts.keep(flight.giveBack());
}

function keep(work: Promise<void>, state: State, parts: LaneParts): void {
  state.kept += 1;
  void parts.keep(work).then(() => {
    state.kept -= 1;
    fill(state, parts);
  });
}
