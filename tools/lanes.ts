/** One lane of tests; the budget is minutes on two cores. */
export interface Lane {
  readonly budgetMinutes: number;
  readonly files: readonly string[];
  readonly except: readonly string[];
  /** Test files at the same time; lanes that measure memory or time run alone. */
  readonly concurrency: number;
}

const STORE = "packages/server/src/store/**/*.test.ts";
const IMG = "packages/**/*.img.test.ts";
// Real processes, beside the code that they prove: minutes, not seconds.
const PROC = "packages/**/*.proc.test.ts";
const SIM = "packages/**/*.sim.test.ts";
const LOAD = "tests/load/**/*.test.ts";
const WEB = "tests/web/**/*.test.ts";
const MUTANTS = "tests/mutants/*.test.ts";
const NIGHT = ["tests/night/**/*.test.ts", "packages/**/*.night.test.ts"];
const PACKED = "tests/packages/*.test.ts";

/** Where each test file runs: a file belongs to exactly one lane (`lanes.test.ts` holds it to that). */
export const LANES = {
  unit: {
    budgetMinutes: 2,
    files: ["packages/*/{src,training}/**/*.test.ts", "tools/**/*.test.ts"],
    except: [STORE, IMG, PROC, SIM, ...NIGHT],
    concurrency: 2,
  },
  store: { budgetMinutes: 2, files: [STORE], except: [IMG, PROC, ...NIGHT], concurrency: 2 },
  img: { budgetMinutes: 4, files: [IMG], except: [], concurrency: 1 },
  proc: {
    budgetMinutes: 10,
    files: ["tests/**/*.test.ts", PROC],
    except: [PACKED, LOAD, WEB, MUTANTS, ...NIGHT],
    concurrency: 1,
  },
  // On what `npm run packages` packed last.
  packages: { budgetMinutes: 8, files: [PACKED], except: [], concurrency: 1 },
  // Two processes of its own, whatever the machine has: 10,000 seeds, or as many as its minutes allow.
  sim: { budgetMinutes: 5, files: [SIM], except: [], concurrency: 1 },
  // Defects are planted in a copy, and found one after another; the simulation uses both cores.
  mutate: { budgetMinutes: 8, files: [MUTANTS], except: [], concurrency: 1 },
  // Ratios of one run; alone on the machine, and never absolute figures.
  load: { budgetMinutes: 5, files: [LOAD], except: [], concurrency: 1 },
  // Its own files alone; `npm run lane -- night` also runs other lanes at length, part after part (`night.ts`).
  night: { budgetMinutes: 90, files: NIGHT, except: [], concurrency: 1 },
  // A real browser at a real server.
  web: { budgetMinutes: 10, files: [WEB], except: [], concurrency: 1 },
} as const satisfies Record<string, Lane>;

/** A name of the table. */
export type LaneName = keyof typeof LANES;

/** The lanes of `npm test`; of the simulation, {@link TEST_SEEDS} seeds alone. */
export const TEST_LANES = ["unit", "store", "sim"] as const satisfies readonly LaneName[];

/** @see TEST_LANES */
export const TEST_SEEDS = 500;
