import type { KillPoint } from "../kill-points.fixture.ts";
import { createWorld, type Dice } from "./world.fixture.ts";

/** How an endpoint's receiver behaves from some moment on; the rows are those of the fault matrix. */
export const BEHAVIOURS = {
  fine: null,
  slow: null,
  serverError: "F1",
  clientError: "F2",
  gone: "F3",
  busy: "F4",
  redirect: "F5",
  refused: "F6",
  hanging: "F8",
  reset: "F13",
  badTls: "F16",
  noName: "F17",
  lostReply: "F19",
  flapping: "F21",
} as const satisfies Record<string, string | null>;
/** A key of {@link BEHAVIOURS}. */
export type Behaviour = keyof typeof BEHAVIOURS;

/** What may go wrong with the store, as its callers see it. */
export const STORE_FAULTS = ["refuses", "losesReply", "isSlow", "failsCommit", "failsStatement"] as const;
/** One of {@link STORE_FAULTS}. */
export type StoreFault = (typeof STORE_FAULTS)[number];

/** One thing that is done or goes wrong, and when. */
export type Step = { readonly atMs: number } & (
  | { readonly kind: "authenticate"; readonly who: string; readonly node: number; readonly engine: EngineMood }
  | { readonly kind: "enrol" | "block" | "unblock" | "erase" | "unlock"; readonly who: string; readonly node: number }
  | { readonly kind: "disable" | "enable" | "edit" | "replay"; readonly endpoint: number; readonly node: number }
  | { readonly kind: "behave"; readonly endpoint: number; readonly as: Behaviour }
  | { readonly kind: "crash"; readonly node: number; readonly point: KillPoint | "now"; readonly turn: number }
  | { readonly kind: "pause"; readonly node: number; readonly ms: number }
  | { readonly kind: "skew"; readonly node: number; readonly ms: number }
  | { readonly kind: "stepClock"; readonly ms: number }
  | { readonly kind: "store"; readonly fault: StoreFault; readonly share: number; readonly ms: number }
);

/** What the engine does with one picture. */
export type EngineMood = "sees" | "fails" | "isSlow" | "seesSpoof" | "seesStranger" | "seesNothing";

/** All that happens in one run, derived before it. */
export interface Plan {
  readonly seed: number;
  readonly nodes: number;
  readonly endpoints: number;
  /** Rare paths made common: short leases, one at a time. */
  readonly isTight: boolean;
  readonly steps: readonly Step[];
}

/** Of one run. */
export const MOST_ENDPOINTS = 3;
const LENGTH_MS = 300_000;
const PEOPLE = ["ann", "ben", "cleo", "nobody-1", "nobody-2"];
/** They fail, and never pass. */
export const GUESSED: readonly string[] = ["guessed-1", "guessed-2"];
const POINTS = ["K1", "K2", "K4", "K5", "K7", "K8", "K9", "K10", "K11"] as const;
const FAULTY = ["behave", "crash", "pause", "skew", "stepClock", "store"] as const;

/** The plan of a seed: a random half of the kinds of fault, so that some come thick. */
export function planOf(seed: number): Plan {
  const dice = createWorld(seed).dice("plan");
  const [nodes, endpoints] = [1 + dice.whole(3), 1 + dice.whole(MOST_ENDPOINTS)];
  const kinds = FAULTY.filter(() => dice.chance(0.5));
  const behaviours = (Object.keys(BEHAVIOURS) as Behaviour[]).filter(() => dice.chance(0.5));
  const size = { nodes, endpoints, behaviours: behaviours.length === 0 ? (["fine"] as const) : behaviours };
  const work = Array.from({ length: 5 + dice.whole(9) }, () => workOf(dice, size));
  const faults = kinds.flatMap((kind) =>
    Array.from({ length: (kind === "crash" ? 4 : 1) + dice.whole(5) }, () => faultOf(kind, dice, size)),
  );
  // Few enough that nobody is barred for them (T7), and many where the store is at fault.
  const windows = faults.filter((fault) => fault.kind === "store").map((fault) => fault.atMs);
  const guesses = GUESSED.flatMap((who) => Array.from({ length: 2 }, () => guessOf(who, { dice, size, windows })));
  // Something is under way when a process stands still, so that its result comes late.
  const held = faults.flatMap((fault) => (fault.kind === "pause" ? [requestBefore(fault, dice)] : []));
  const steps = [...work, ...guesses, ...held, ...faults].toSorted((a, b) => a.atMs - b.atMs);
  return { seed, nodes, endpoints, isTight: dice.chance(0.5), steps };
}

interface Size {
  readonly nodes: number;
  readonly endpoints: number;
  readonly behaviours: readonly Behaviour[];
}

function workOf(dice: Dice, { nodes, endpoints }: Size): Step {
  const atMs = dice.whole(LENGTH_MS);
  const node = dice.whole(nodes);
  const turn = dice.fraction();
  if (turn < 0.66) {
    const engine = dice.pick<EngineMood>([
      "sees",
      "sees",
      "sees",
      "fails",
      "isSlow",
      "seesSpoof",
      "seesStranger",
      "seesNothing",
    ]);
    return { atMs, kind: "authenticate", node, who: dice.pick(PEOPLE), engine };
  }
  if (turn < 0.86) {
    return {
      atMs,
      kind: dice.pick(["enrol", "block", "unblock", "erase", "unlock"] as const),
      node,
      who: dice.pick(PEOPLE.slice(0, 3)),
    };
  }
  const kind = dice.pick(["disable", "enable", "enable", "edit", "replay"] as const);
  return { atMs, kind, node, endpoint: dice.whole(endpoints) };
}

/** A stranger before a customer whom nothing else happens to: each failure that is told must be counted (I7). */
function guessOf(
  who: string,
  { dice, size, windows }: { readonly dice: Dice; readonly size: Size; readonly windows: readonly number[] },
): Step {
  const atMs = windows.length > 0 && dice.chance(0.7) ? dice.pick(windows) + dice.whole(3_000) : dice.whole(LENGTH_MS);
  return { atMs, kind: "authenticate", node: dice.whole(size.nodes), who, engine: "seesStranger" };
}

function requestBefore({ atMs, node }: { readonly atMs: number; readonly node: number }, dice: Dice): Step {
  return { atMs: Math.max(0, atMs - dice.whole(60)), kind: "authenticate", node, who: "nobody-1", engine: "sees" };
}

function faultOf(kind: (typeof FAULTY)[number], dice: Dice, size: Size): Step {
  const atMs = dice.whole(LENGTH_MS);
  const node = dice.whole(size.nodes);
  switch (kind) {
    case "behave":
      return { atMs, kind, endpoint: dice.whole(size.endpoints), as: dice.pick(size.behaviours) };
    case "crash":
      return { atMs, kind, node, point: dice.chance(0.1) ? "now" : dice.pick(POINTS), turn: 1 + dice.whole(2) };
    case "pause":
      return { atMs, kind, node, ms: 1_000 + dice.whole(90_000) };
    case "skew":
      return { atMs, kind, node, ms: dice.pick([-3_600_000, -360_000, 360_000, 3_600_000]) };
    case "stepClock":
      return { atMs, kind, ms: dice.pick([-3_600_000, -60_000, 60_000, 3_600_000]) };
    case "store":
      return { atMs, kind, fault: dice.pick(STORE_FAULTS), share: dice.pick([0.1, 0.5, 1]), ms: dice.whole(40_000) };
  }
}
