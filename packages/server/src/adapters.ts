import { resolve } from "node:path";
import { createEngine, type Engine, readModelRows } from "@sameface/engine";
import type { Clock } from "./clock.ts";
import type { Config } from "./config/settings.ts";
import type { Random } from "./random.ts";
import { createPostgresStore } from "./store/postgres/create-postgres-store.ts";
import { createSqliteStore } from "./store/sqlite/create-sqlite-store.ts";
import type { Store } from "./store/store.ts";
import { NO_TRACER, type Tracer } from "./tracing/tracer.ts";

/** What a store is opened with. */
export interface StorePlace {
  readonly config: Pick<Config, "databaseUrl">;
  /** The data folder. */
  readonly folder: string;
  readonly clock: Clock;
  readonly random: Random;
}

/** What a tracer is started with. */
export interface TracerPlace {
  readonly config: Pick<Config, "tracesUrl" | "tracesPercent" | "roles">;
  readonly version: string;
  /** What the collector did not take; must not throw. */
  readonly report: (fault: unknown) => void;
}

/** The parts behind the ports that hold what outlives a request. */
export interface Adapters {
  readonly openStore: (place: StorePlace) => Promise<Store>;
  readonly startTracer: (options: TracerPlace) => Promise<Tracer>;
  readonly startEngine: (config: Pick<Config, "engineProcesses" | "engineModels">) => Promise<Engine>;
}

/** Those of a server that serves. */
export const ADAPTERS: Adapters = {
  openStore: async ({ config: { databaseUrl }, folder, clock, random }) =>
    databaseUrl === undefined
      ? await createSqliteStore({ folder, clock, random })
      : await createPostgresStore({ url: databaseUrl, folder, clock, random }),
  startTracer: async ({ config: { tracesUrl, tracesPercent, roles }, ...place }) => {
    if (tracesUrl === undefined) return NO_TRACER;
    // Whoever traces nothing does not load what it takes.
    const { createOtlpTracer } = await import("./tracing/create-otlp-tracer.ts");
    return createOtlpTracer({ ...place, url: tracesUrl, percent: tracesPercent, roles });
  },
  startEngine: async ({ engineProcesses, engineModels }) =>
    await createEngine({
      models: engineModels === undefined ? {} : await readModelRows(resolve(engineModels)),
      ...(engineProcesses === undefined ? {} : { processes: engineProcesses }),
    }),
};
