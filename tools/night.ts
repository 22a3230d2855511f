import type { LaneName } from "./lanes.ts";

/** One part of the night: test files of a lane, at length; `minutes` on two cores of its own. */
export interface NightPart {
  readonly minutes: number;
  readonly lane: LaneName;
  /** Test files whose path holds one of them; empty: all. */
  readonly words: readonly string[];
  /** Where the environment names no other. */
  readonly env: Readonly<Record<string, string>>;
}

const own = (word: string, minutes: number, env: Readonly<Record<string, string>> = {}): NightPart => ({
  minutes,
  lane: "night",
  words: [word],
  env,
});

/** What `npm run lane -- night` runs in turn, and `npm run lane -- night NAME…` alone. */
export const NIGHT_PARTS: Readonly<Record<string, NightPart>> = {
  seeds: {
    minutes: 480,
    lane: "sim",
    words: [],
    env: { SAMEFACE_SIM_SEEDS: "1000000", SAMEFACE_SIM_SECONDS: "28000" },
  },
  // Half of them over each store.
  kills: { minutes: 60, lane: "proc", words: ["proof/kills"], env: { SAMEFACE_TEST_KILLS: "1000" } },
  failover: { minutes: 5, lane: "proc", words: ["failover"], env: {} },
  evaluate: { minutes: 60, lane: "img", words: ["evaluate"], env: {} },
  timing: own("timing", 10),
  fuzz: own("fuzz", 20),
  requests: { minutes: 30, lane: "unit", words: ["api-fuzz"], env: { SAMEFACE_TEST_FUZZ: "2000" } },
  mutants: { minutes: 60, lane: "mutate", words: [], env: { SAMEFACE_TEST_MUTANTS: "all" } },
  soak: own("soak", 60, { SAMEFACE_SOAK_MINUTES: "30" }),
};
