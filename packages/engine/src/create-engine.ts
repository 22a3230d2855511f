import { hash } from "node:crypto";
import { fileURLToPath } from "node:url";
import { DEFAULT_GATES, type Gates } from "./checks/gates.ts";
import { type Clock, systemClock } from "./clock.ts";
import { HEAD_TABLE } from "./heads/head-table.ts";
import { belongsTo } from "./heads/load-heads.ts";
import { type ImageFormat, imageFormat } from "./image/image-format.ts";
import {
  CHECK_NAMES,
  type Engine,
  type EngineInfo,
  type ImageFacts,
  type Inspection,
  type InspectOptions,
  type Problem,
} from "./inspection.ts";
import { type Launch, narrowestLaunch } from "./launch.ts";
import { DEFAULT_LIMITS, type Limits } from "./limits.ts";
import { type LoopbackProbe, openLoopbackProbe } from "./loopback-probe.ts";
import type { HeaderFacts } from "./messages.ts";
import { packModels } from "./model-parcel.ts";
import { embedderIdOf, MODEL_ROLES, MODEL_TABLE, type ModelTable } from "./model-table.ts";
import { physicalCores } from "./physical-cores.ts";
import type { Ready } from "./picture-child.ts";
import { ChildPool, type PoolOutcome, SPARE_CHILDREN } from "./pool.ts";
import { prepareModels } from "./prepare-models.ts";
import { unmeasured } from "./unmeasured.ts";

/** Everything may be left out; then the shipped models run with the limits and gates of the design. */
export interface EngineOptions {
  /** Pictures worked on at once, 1 or more; default: the physical cores. One warm spare comes on top. */
  readonly processes?: number;
  /** Where the model files lie; default: the `models` folder of this package. */
  readonly modelsFolder?: string;
  /** Rows of the model table to be replaced. */
  readonly models?: Partial<ModelTable>;
  readonly limits?: Partial<Limits>;
  readonly gates?: Partial<Gates>;
  /** One build of the runtime and no other; default: native, or WebAssembly where that does not load. */
  readonly runtime?: EngineInfo["runtime"]["name"];
  /** Default: the process's own time. */
  readonly clock?: Clock;
  /** Command line that starts a child in a narrower place; default: the narrowest one this host allows. */
  readonly launch?: Launch;
  /** Script that a child runs, for tests of how children are held; default: the one of this package. */
  readonly childEntry?: string;
}

// The child is a file beside this one, with the same ending: `.ts` in the repository, `.js` once built.
const CHILD_ENTRY = new URL(`./child${import.meta.url.endsWith(".ts") ? ".ts" : ".js"}`, import.meta.url);
const MODELS_FOLDER = new URL("../models", import.meta.url);

/**
 * Starts the engine: reads and checks the model files, then starts every child process at once.
 * @throws {EngineError} `modelMissing`, `modelChanged`, `modelExternalData` (each names file and hash), `startFailed`
 * @example
 * ```ts
 * const engine = await createEngine();
 * const inspection = await engine.inspect(await readFile("face.jpg"));
 * await engine.close();
 * ```
 */
export async function createEngine(options: EngineOptions = {}): Promise<Engine> {
  const clock = options.clock ?? systemClock;
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const models = { ...MODEL_TABLE, ...options.models };
  const processes = options.processes ?? physicalCores();
  const prepared = await prepareModels(options.modelsFolder ?? fileURLToPath(MODELS_FOLDER), models);
  const [launch, probe] = await Promise.all([options.launch ?? narrowestLaunch(), openLoopbackProbe()]);
  try {
    const { pool, ready } = await ChildPool.start({
      launch,
      clock,
      processes,
      entry: options.childEntry ?? fileURLToPath(CHILD_ENTRY),
      embedderId: embedderIdOf(models.embedder),
      models: packModels(prepared),
      start: {
        models,
        limits,
        gates: { ...DEFAULT_GATES, ...options.gates },
        runtime: options.runtime ?? null,
        probePort: probe.port,
      },
    });
    return engineOf({ pool, ready, clock, limits, models, processes, probe });
  } catch (error) {
    probe.close();
    throw error;
  }
}

interface Parts {
  readonly pool: ChildPool;
  readonly ready: Ready;
  readonly clock: Clock;
  readonly limits: Limits;
  readonly models: ModelTable;
  readonly processes: number;
  readonly probe: LoopbackProbe;
}

function engineOf(parts: Parts): Engine {
  const { pool, clock, limits } = parts;
  return {
    async inspect(image, inspectOptions) {
      const startedAtMs = clock.now();
      const inspection = await inspect(image, { pool, limits, ...inspectOptions });
      return { ...inspection, timings: { ...inspection.timings, total: clock.now() - startedAtMs } };
    },
    describe: () => describe(parts),
    load: () => pool.load,
    async close() {
      parts.probe.close();
      await pool.close();
    },
  };
}

async function inspect(
  image: Uint8Array,
  {
    pool,
    limits,
    purpose = "match",
    eyes = purpose === "enrol",
    headCover = true,
  }: InspectOptions & { readonly pool: ChildPool; readonly limits: Limits },
): Promise<Inspection> {
  const format = imageFormat(image);
  const problem = bytesProblem(image, { format, limits });
  if (format === null || problem !== null) {
    return { image: imageFacts(image, format), ...unmeasured(problem ?? "unsupported_format") };
  }
  const outcome = pool.inspect({ bytes: image, format, purpose, eyes, headCover });
  // Hashed while the child is at it.
  const facts = imageFacts(image, format);
  return inspectionOf(await outcome, facts);
}

function bytesProblem(
  image: Uint8Array,
  { format, limits }: { readonly format: ImageFormat | null; readonly limits: Limits },
): Problem | null {
  if (image.length === 0) return "empty";
  if (image.length > limits.maxBytes) return "too_large";
  return format === null ? "unsupported_format" : null;
}

function imageFacts(image: Uint8Array, format: ImageFormat | null): ImageFacts {
  const sha256 = hash("sha256", image, "hex");
  return { format, width: null, height: null, orientation: 1, sha256, byteLength: image.length };
}

function inspectionOf(outcome: PoolOutcome, facts: ImageFacts): Inspection {
  const queue = { queue: outcome.queueMs };
  switch (outcome.kind) {
    case "overloaded":
      return { image: facts, ...unmeasured("overloaded", queue) };
    case "lost":
      return { image: withHeader(facts, outcome.header), ...unmeasured(outcome.problem, queue) };
    case "inspected":
      return {
        image: withHeader(facts, outcome.header),
        ...outcome.measured,
        timings: { ...queue, ...outcome.measured.timings },
      };
  }
}

function withHeader(facts: ImageFacts, header: HeaderFacts | null): ImageFacts {
  return header === null ? facts : { ...facts, ...header };
}

function describe({ pool, ready, limits, models, processes }: Parts): EngineInfo {
  const used = [
    ...MODEL_ROLES.map((role) => ({ role, ...models[role] })),
    ...CHECK_NAMES.map((role) => ({ role, ...HEAD_TABLE[role] })).filter((head) => belongsTo(head, models)),
  ];
  return {
    models: used.map(({ role, file, sha256, licence }) => ({ role, file, sha256, licence })),
    embedderId: embedderIdOf(models.embedder),
    runtime: ready.runtime,
    isolation: { network: pool.reachable ? "reachable" : "none", processes, spare: SPARE_CHILDREN },
    limits,
  };
}
