import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import pg from "pg";
import { systemClock } from "../packages/server/src/clock.ts";
import {
  addEndpoint,
  claim,
  openBench,
  type Bench as StoreBench,
  TENANT,
} from "../packages/server/src/store/conformance/bench.fixture.ts";
import { createPostgresStore } from "../packages/server/src/store/postgres/create-postgres-store.ts";
import { encodeCursor } from "../packages/server/src/store/queries/cursor.ts";
import { createSqliteStore, DATABASE_FILE } from "../packages/server/src/store/sqlite/create-sqlite-store.ts";
import { type Bench, percentile } from "./bench.ts";
import { withPostgres } from "./postgres.ts";
import { POSTGRES, type Rows, SQLITE, seedOf } from "./store-rows.ts";

const FEW = 10_000;
const MANY = 1_000_000;
/** Each has something due. */
const ENDPOINTS = 1_000;
const ROUNDS = 25;
const BATCH = 50;
const SWEEP_BATCH = 200;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const KEEP_MS = 30 * DAY_MS;

/** What one step costs over a small and over a large history, in milliseconds. */
interface Compared {
  readonly fewMs: number;
  readonly manyMs: number;
  readonly ratio: number;
}

type Figures = Readonly<Record<string, Compared>>;
type Open = (count: number) => Promise<StoreBench>;

/** Whether a claim, a page, a chart and a batch of a sweep cost more over a large history than over a small one. */
export const storeBench: Bench = async (tell) => {
  tell(`SQLite: ${MANY} deliveries beside ${FEW}`);
  const figures: Record<string, Figures> = { sqlite: await compareSizes(openSqlite) };
  tell(JSON.stringify(figures));
  await withPostgres(tell, async (url) => {
    tell(`PostgreSQL: ${MANY} deliveries beside ${FEW}`);
    figures["postgres"] = await compareSizes(async (count) => await openPostgres(url, count));
  });
  const lines = Object.entries(figures).flatMap(([store, steps]) =>
    Object.entries(steps).map(([name, figure]) => `${store} ${name}: ${JSON.stringify(figure)}`),
  );
  return { figures: { few: FEW, many: MANY, endpoints: ENDPOINTS, rounds: ROUNDS, ...figures }, lines };
};

async function compareSizes(open: Open): Promise<Figures> {
  await using few = await open(FEW);
  await using many = await open(MANY);
  const sides = [stepsOf(few, FEW), stepsOf(many, MANY)] as const;
  const figures: Record<string, Compared> = {};
  for (const name of Object.keys(sides[0])) {
    const times: readonly [number[], number[]] = [[], []];
    // Turn by turn, so that whatever else the machine does meets both.
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const [at, steps] of sides.entries()) times[at]?.push(await timeOf(steps[name]));
    }
    const [fewMs = Number.NaN, manyMs = Number.NaN] = times.map((all) => round2(percentile(all, 0.5)));
    figures[name] = { fewMs, manyMs, ratio: round2(manyMs / fewMs) };
  }
  return figures;
}

async function timeOf(step: (() => Promise<unknown>) | undefined): Promise<number> {
  const startMs = performance.now();
  await step?.();
  return performance.now() - startMs;
}

/** What is measured, each as a step that can be taken again and again. */
function stepsOf(bench: StoreBench, count: number): Readonly<Record<string, () => Promise<unknown>>> {
  const { store } = bench;
  const list = { tenantId: TENANT, endpointId: null, status: null, eventId: null, limit: 50 };
  const middle = encodeCursor("deliveriesByPlace", [Math.floor(count / 2), ""]);
  let after: number | null = null;
  return {
    claim: async () => {
      const claimed = await claim(bench, { limit: BATCH });
      if (claimed.length !== BATCH) throw new Error(`claimed ${claimed.length} of ${BATCH}`);
    },
    firstPage: async () => await store.listDeliveries({ ...list, after: null }),
    middlePage: async () => await store.listDeliveries({ ...list, after: middle }),
    chart: async () =>
      await store.readHourly({ tenantId: TENANT, fromMs: bench.nowMs() - DAY_MS + HOUR_MS, toMs: bench.nowMs() }),
    sweep: async () => {
      const swept = await store.sweep({ tenantId: TENANT, olderThanMs: KEEP_MS, after, limit: SWEEP_BATCH });
      if (swept.counts["events"] !== SWEEP_BATCH) throw new Error(`swept ${swept.counts["events"]} events`);
      after = swept.next;
    },
  };
}

/** A day of counted hours beside the small history, a month beside the large one. */
function rowsOf(bench: StoreBench, count: number): Rows {
  const hours = count === FEW ? 24 : 720;
  return { tenantId: TENANT, count, endpoints: ENDPOINTS, hours, nowMs: bench.nowMs(), keepMs: KEEP_MS };
}

async function addEndpoints(bench: StoreBench): Promise<void> {
  for (let n = 0; n < ENDPOINTS; n += 1) await addEndpoint(bench, { endpointId: `endpoint-${n}` });
}

const openSqlite: Open = async (count) => {
  const folder = await mkdtemp(join(tmpdir(), "sameface-bench-"));
  const bench = await openBench(async (world) => {
    const store = await createSqliteStore({ ...world, folder });
    const dispose = async (): Promise<void> => {
      await store.close();
      await rm(folder, { recursive: true });
    };
    return { store, dispose };
  });
  await addEndpoints(bench);
  const database = new DatabaseSync(join(folder, DATABASE_FILE));
  const seed = seedOf(SQLITE, rowsOf(bench, count));
  database.exec(`pragma synchronous = off; pragma cache_size = -262144; begin; ${seed} commit;`);
  database.close();
  return bench;
};

async function openPostgres(url: string, count: number): Promise<StoreBench> {
  const schema = `bench_${count}`;
  const own = `${url}&options=-c%20search_path%3D${schema}`;
  const client = new pg.Client({ connectionString: own });
  // The cluster may end before it where something fails: what failed is to be told.
  client.on("error", () => undefined);
  await client.connect();
  await client.query(`create schema ${schema}`);
  const bench = await openBench(async ({ clock, random }) => {
    const startMs = clock.nowMs();
    const timeOf = (): number => startMs + clock.monotonicMs();
    const store = await createPostgresStore({ url: own, clock: systemClock, random, timeOf });
    const dispose = async (): Promise<void> => {
      await store.close();
      await client.end();
    };
    return { store, dispose };
  });
  await addEndpoints(bench);
  // Each by itself: in one transaction the store's first statistics would see no row of it, and any index seem as good.
  for (const statement of seedOf(POSTGRES, rowsOf(bench, count)).split(";")) await client.query(statement);
  // As autovacuum leaves it: rows that are seen by all are read from the index alone.
  await client.query("vacuum analyze");
  return bench;
}

function round2(value: number): number {
  return Math.round(value * 100) / 100;
}
