import { readFileSync } from "node:fs";
import { join } from "node:path";
import { compare, createEngine, type Engine, MODEL_TABLE, type ModelRole, type Template } from "@sameface/engine";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { childPids, computedMsOf } from "../packages/engine/src/fixtures/child-processes.ts";
import { loadModels } from "../packages/engine/src/fixtures/load-models.ts";
import { decode } from "../packages/engine/src/image/decode.ts";
import { readHeader } from "../packages/engine/src/image/read-header.ts";
import { DEFAULT_LIMITS } from "../packages/engine/src/limits.ts";
import { DEFAULT_GATES, measure } from "../packages/engine/src/measure.ts";
import type { ModelRow } from "../packages/engine/src/model-table.ts";
import { graphBytes } from "../packages/engine/src/prepare-models.ts";
import { residentBytes } from "../packages/engine/src/resident-memory.ts";
import { fillPlanes, pixelValues } from "../packages/engine/src/session.ts";
import { type Bench, percentile } from "./bench.ts";
import { type Peer, startPeer } from "./peers/peer.ts";
import { type BenchPicture, benchPictures } from "./pictures.ts";

const ROUNDS = 4;
const WARM_UP = 3;
const THROUGHPUT_MS = 10_000;
const MODELS = join(import.meta.dirname, "../packages/engine/models");
/** The models of one authentication; `eyes` waits for the challenge. */
const ROLES = ["detector", "landmarks", "embedder", "liveness", "pose"] as const satisfies readonly ModelRole[];
// What each system's own documentation calls the same person.
const SAMEFACE_MATCH = 0.55;
const HUMAN_MATCH = 0.5;
const FACE_API_DISTANCE = 0.6;

/**
 * One authentication against the least it could take (decoding, and the bare model runs in turn), and against two
 * peers on their wasm runtime: the same pictures, turn by turn in one run.
 */
export const engineBench: Bench = async (progress) => {
  const { kind, pictures } = await benchPictures();
  progress(`${pictures.length} ${kind} of 720×960, ${ROUNDS} rounds`);
  const engine = await createEngine({ processes: 1 });
  // Before the peers are children of this process too.
  const own = childPids();
  const [human, faceApi] = [await startPeer("human.ts"), await startPeer("face-api.ts")];
  const inputs = await inputsOf(pictures[0]?.bytes ?? new Uint8Array(0));
  const bare = await bareModels(inputs, (_, file) => file);
  const loaded = await bareModels(inputs, graphBytes);
  const seen = await race({ pictures, engine, own, human, faceApi, bare, loaded, progress });
  const rssMb = Math.max(...own.map((pid) => (residentBytes(pid) ?? 0) / 1e6));
  human.close();
  faceApi.close();
  const one = await throughput(engine, { pictures, atOnce: 1 });
  await engine.close();
  const pair = await createEngine({ processes: 2 });
  const two = await throughput(pair, { pictures, atOnce: 2 });
  await pair.close();
  const figures = {
    ...timesOf(seen),
    perSecond: { "1": one, "2": two },
    rssMb,
    errors: errorsOf(pictures, seen),
    pictures: { kind, count: pictures.length },
  };
  return { figures, lines: linesOf(figures) };
};

function timesOf(seen: Seen) {
  const p50Ms = percentile(seen.own, 0.5);
  const against = (peer: readonly number[]) => ({ p50Ms: percentile(peer, 0.5), times: percentile(peer, 0.5) / p50Ms });
  return {
    p50Ms,
    p95Ms: percentile(seen.own, 0.95),
    rawModelMs: percentile(seen.raw, 0.5),
    decodeMs: percentile(seen.decode, 0.5),
    // Turn by turn: whatever else the machine does slows both sides of one quotient.
    ratio: percentile(quotients(seen, seen.raw), 0.5),
    // The same over the graphs as the engine loads them, which are quicker than the files.
    loaded: { modelMs: percentile(seen.loaded, 0.5), ratio: percentile(quotients(seen, seen.loaded), 0.5) },
    // One more run of the embedder, and its crop: only where a policy looks for a head cover.
    headCoverMs: percentile(seen.headCover, 0.5),
    vs: { human: against(seen.human), faceApi: against(seen.faceApi) },
    cpu: cpuFigures(seen),
    stages: Object.fromEntries([...seen.stages].map(([stage, values]) => [stage, percentile(values, 0.5)])),
  };
}

/** Each picture's time over the floor that was measured right after it. */
function quotients({ own, decode }: Seen, models: readonly number[]): readonly number[] {
  return own.map((ms, i) => ms / ((models[i] ?? Number.NaN) + (decode[i] ?? Number.NaN)));
}

/**
 * Processor time a picture, and its quotients: what it takes on one core. The decoder's thread and ours take turns, so
 * that with a second core at hand the time on the wall is shorter than their sum.
 */
function cpuFigures({ own, cpu }: Seen) {
  const [ownMs, floorMs] = [cpu.own / own.length, cpu.floor / own.length];
  const times = (values: readonly number[]): number => percentile(values, 0.5) / ownMs;
  return { ownMs, floorMs, ratio: ownMs / floorMs, human: times(cpu.human), faceApi: times(cpu.faceApi) };
}

interface Seen {
  readonly own: number[];
  readonly raw: number[];
  readonly loaded: number[];
  readonly decode: number[];
  readonly human: number[];
  readonly faceApi: number[];
  /** The head cover's own run, which is in none of the other times. */
  readonly headCover: number[];
  /** Processor time in ms: sums of ours, one a picture of the peers'. */
  readonly cpu: { own: number; floor: number; readonly human: number[]; readonly faceApi: number[] };
  readonly stages: Map<string, number[]>;
  readonly templates: Map<string, Template | null>;
  readonly humanVectors: Map<string, readonly number[]>;
  readonly faceApiVectors: Map<string, readonly number[]>;
}

interface Field {
  readonly pictures: readonly BenchPicture[];
  readonly engine: Engine;
  /** Its processes. */
  readonly own: readonly number[];
  readonly human: Peer;
  readonly faceApi: Peer;
  /** The files as they were published, and as the engine loads them. */
  readonly bare: () => Promise<number>;
  readonly loaded: () => Promise<number>;
  readonly progress: (line: string) => void;
}

async function race(field: Field): Promise<Seen> {
  const { pictures, engine, human, faceApi, bare, loaded, progress } = field;
  const seen = nothingSeen();
  for (const picture of pictures.slice(0, WARM_UP)) {
    await engine.inspect(picture.bytes, { headCover: false });
    await bare();
    await loaded();
    await human.look(picture.file);
    await faceApi.look(picture.file);
  }
  const childrenMs = (): number => field.own.reduce((sum, pid) => sum + computedMsOf(pid), 0);
  const before = childrenMs();
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const picture of pictures) {
      await lookOnce(picture, { field, seen });
      // Peers take much longer and vary less: every picture in the first round, then one in four.
      if (round === 0 || seen.own.length % 4 === 0) await letPeersLook(picture, { field, seen });
    }
    progress(`round ${round + 1} of ${ROUNDS}`);
  }
  seen.cpu.own += childrenMs() - before;
  for (const { bytes } of pictures) {
    const { timings } = await engine.inspect(bytes);
    if (timings["headCover"] !== undefined) seen.headCover.push(timings["headCover"]);
  }
  return seen;
}

function nothingSeen(): Seen {
  return {
    own: [],
    raw: [],
    loaded: [],
    decode: [],
    human: [],
    faceApi: [],
    headCover: [],
    cpu: { own: 0, floor: 0, human: [], faceApi: [] },
    stages: new Map(),
    templates: new Map(),
    humanVectors: new Map(),
    faceApiVectors: new Map(),
  };
}

interface Turn {
  readonly field: Field;
  readonly seen: Seen;
}

/** One authentication, and the floor right after it. */
async function lookOnce({ file, bytes }: BenchPicture, { field, seen }: Turn): Promise<void> {
  const before = cpuMs();
  const { timings, template, problems } = await field.engine.inspect(bytes, { headCover: false });
  // What this process does of it; its children's part is added at the end.
  const between = cpuMs();
  seen.cpu.own += between - before;
  seen.raw.push(await field.bare());
  seen.decode.push(await decodeOnly(bytes));
  seen.cpu.floor += cpuMs() - between;
  seen.loaded.push(await field.loaded());
  seen.own.push((timings["total"] ?? 0) - (timings["queue"] ?? 0));
  for (const [stage, ms] of Object.entries(timings)) seen.stages.set(stage, [...(seen.stages.get(stage) ?? []), ms]);
  seen.templates.set(file, problems.length === 0 && "value" in template ? template.value : null);
}

async function letPeersLook({ file }: BenchPicture, { field, seen }: Turn): Promise<void> {
  const human = await field.human.look(file);
  const faceApi = await field.faceApi.look(file);
  seen.human.push(human.ms);
  seen.faceApi.push(faceApi.ms);
  seen.cpu.human.push(human.cpuMs);
  seen.cpu.faceApi.push(faceApi.cpuMs);
  seen.humanVectors.set(file, human.embedding);
  seen.faceApiVectors.set(file, faceApi.embedding);
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/**
 * Runs every model once, in turn, on what it gets of a real picture (black is up to a fifth quicker): nothing but the
 * runtime's own work is timed.
 */
async function bareModels(
  inputs: Record<(typeof ROLES)[number], Uint8Array>,
  load: (row: ModelRow, file: Uint8Array) => Uint8Array,
): Promise<() => Promise<number>> {
  const sessions = await Promise.all(
    ROLES.map(async (role) => {
      const { file, input, preprocessing } = MODEL_TABLE[role];
      const { width, height, mean } = preprocessing;
      const bytes = load(MODEL_TABLE[role], readFileSync(join(MODELS, file)));
      const session = await InferenceSession.create(bytes, { intraOpNumThreads: 1, interOpNumThreads: 1 });
      const planes = new Float32Array(mean.length * width * height);
      fillPlanes(planes, inputs[role], { row: MODEL_TABLE[role], values: pixelValues(preprocessing) });
      return { session, feeds: { [input]: new Tensor("float32", planes, [1, mean.length, height, width]) } };
    }),
  );
  return async () => {
    const startedAt = performance.now();
    for (const { session, feeds } of sessions) await session.run(feeds);
    return performance.now() - startedAt;
  };
}

/** The crops that the models are given of a picture. */
async function inputsOf(bytes: Uint8Array): Promise<Record<(typeof ROLES)[number], Uint8Array>> {
  const none = new Uint8Array(0);
  const inputs = { detector: none, landmarks: none, embedder: none, liveness: none, pose: none };
  const models = await loadModels(MODELS);
  const listening = (role: (typeof ROLES)[number]) => ({
    run: async (pixels: Uint8Array) => {
      inputs[role] = pixels.slice();
      return await models[role].run(pixels);
    },
  });
  const heard = Object.fromEntries(ROLES.map((role) => [role, listening(role)]));
  const { header } = readHeader(bytes, { format: "jpeg", limits: DEFAULT_LIMITS });
  const picture = header === null ? null : await decode(header, DEFAULT_LIMITS);
  if (picture === null) throw new Error("the first picture of the bench is none");
  await measure(picture, { models: { ...models, ...heard }, purpose: "match", gates: DEFAULT_GATES });
  return inputs;
}

async function decodeOnly(bytes: Uint8Array): Promise<number> {
  const startedAt = performance.now();
  const { header } = readHeader(bytes, { format: "jpeg", limits: DEFAULT_LIMITS });
  if (header !== null) await decode(header, DEFAULT_LIMITS);
  return performance.now() - startedAt;
}

async function throughput(
  engine: Engine,
  { pictures, atOnce }: { readonly pictures: readonly BenchPicture[]; readonly atOnce: number },
): Promise<number> {
  const startedAt = performance.now();
  let done = 0;
  const work = async (first: number): Promise<void> => {
    for (let i = first; performance.now() - startedAt < THROUGHPUT_MS; i += atOnce) {
      const picture = pictures[i % pictures.length];
      if (picture !== undefined) await engine.inspect(picture.bytes, { headCover: false });
      done += 1;
    }
  };
  await Promise.all(
    Array.from({ length: atOnce }, async (_, index) => {
      await work(index);
    }),
  );
  return (1000 * done) / (performance.now() - startedAt);
}

/** Wrong answers of each system at its own documented threshold, over the same pairs; a picture without a face is one. */
function errorsOf(pictures: readonly BenchPicture[], seen: Seen) {
  const wrong = { pairs: 0, sameface: 0, human: 0, faceApi: 0 };
  pictures.forEach((a, index) => {
    for (const b of pictures.slice(index + 1)) {
      const same = a.identity === b.identity;
      if (same && a.session === b.session) continue;
      const own = [seen.templates.get(a.file) ?? null, seen.templates.get(b.file) ?? null] as const;
      const says = {
        sameface: own[0] === null || own[1] === null ? null : compare(own[0], own[1]).similarity >= SAMEFACE_MATCH,
        human: peerSays(seen.humanVectors, { a, b, same: (x, y) => humanSimilarity(x, y) >= HUMAN_MATCH }),
        faceApi: peerSays(seen.faceApiVectors, { a, b, same: (x, y) => distance(x, y) <= FACE_API_DISTANCE }),
      };
      wrong.pairs += 1;
      for (const name of ["sameface", "human", "faceApi"] as const) if (says[name] !== same) wrong[name] += 1;
    }
  });
  return wrong;
}

function peerSays(
  vectors: ReadonlyMap<string, readonly number[]>,
  { a, b, same }: { a: BenchPicture; b: BenchPicture; same: (x: readonly number[], y: readonly number[]) => boolean },
): boolean | null {
  const [x = [], y = []] = [vectors.get(a.file), vectors.get(b.file)];
  return x.length === 0 || y.length === 0 ? null : same(x, y);
}

function distance(x: readonly number[], y: readonly number[]): number {
  return Math.hypot(...x.map((value, i) => value - (y[i] ?? 0)));
}

/** As `human.match.similarity` counts with its defaults: order 2, multiplier 25, between 0.2 and 0.8. */
function humanSimilarity(x: readonly number[], y: readonly number[]): number {
  const root = Math.sqrt(25) * distance(x, y);
  const shown = (1 - root / 100 - 0.2) / (0.8 - 0.2);
  return Math.max(0, Math.min(1, shown));
}

function linesOf(figures: {
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly headCoverMs: number;
  readonly rawModelMs: number;
  readonly decodeMs: number;
  readonly ratio: number;
  readonly loaded: { readonly modelMs: number; readonly ratio: number };
  readonly perSecond: { readonly "1": number; readonly "2": number };
  readonly rssMb: number;
  readonly cpu: ReturnType<typeof cpuFigures>;
  readonly vs: { readonly human: { p50Ms: number; times: number }; readonly faceApi: { p50Ms: number; times: number } };
  readonly errors: { pairs: number; sameface: number; human: number; faceApi: number };
}): readonly string[] {
  const { vs, errors, perSecond } = figures;
  const ms = (value: number): string => `${value.toFixed(1)} ms`;
  return [
    `${figures.ratio.toFixed(2)} × (decode ${ms(figures.decodeMs)} + models ${ms(figures.rawModelMs)}), ${figures.loaded.ratio.toFixed(2)} × with the models as loaded (${ms(figures.loaded.modelMs)})`,
    `${vs.human.times.toFixed(1)} × faster than human (${ms(vs.human.p50Ms)}), ${vs.faceApi.times.toFixed(1)} × than face-api (${ms(vs.faceApi.p50Ms)})`,
    `by processor time: ${figures.cpu.ratio.toFixed(2)} × (${ms(figures.cpu.ownMs)} against ${ms(figures.cpu.floorMs)}), ${figures.cpu.human.toFixed(1)} × human, ${figures.cpu.faceApi.toFixed(1)} × face-api`,
    `wrong of ${errors.pairs} pairs: sameface ${errors.sameface}, human ${errors.human}, face-api ${errors.faceApi}`,
    `one picture p50 ${ms(figures.p50Ms)}, p95 ${ms(figures.p95Ms)}; ${figures.rssMb.toFixed(0)} MB`,
    `apart, where a policy looks for a head cover: ${ms(figures.headCoverMs)} more`,
    `${perSecond["1"].toFixed(1)} a second in one process, ${perSecond["2"].toFixed(1)} in two (${(perSecond["2"] / perSecond["1"]).toFixed(2)} ×)`,
  ];
}
