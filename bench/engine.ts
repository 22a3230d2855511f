import { readFileSync } from "node:fs";
import { join } from "node:path";
import { compare, createEngine, type Engine, MODEL_TABLE, type ModelRole, type Template } from "@sameface/engine";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { childPids } from "../packages/engine/src/fixtures/child-processes.ts";
import { decode } from "../packages/engine/src/image/decode.ts";
import { readHeader } from "../packages/engine/src/image/read-header.ts";
import { DEFAULT_LIMITS } from "../packages/engine/src/limits.ts";
import { DEFAULT_GATES, measure } from "../packages/engine/src/measure.ts";
import { loadModels } from "../packages/engine/src/models.ts";
import { residentBytes } from "../packages/engine/src/resident-memory.ts";
import { fillPlanes } from "../packages/engine/src/session.ts";
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
  const [human, faceApi, bare] = [
    await startPeer("human.ts"),
    await startPeer("face-api.ts"),
    await bareModels(pictures[0]?.bytes ?? new Uint8Array(0)),
  ];
  const seen = await race({ pictures, engine, human, faceApi, bare, progress });
  const rssMb = Math.max(...own.map((pid) => (residentBytes(pid) ?? 0) / 1e6));
  human.close();
  faceApi.close();
  const one = await throughput(engine, { pictures, atOnce: 1 });
  await engine.close();
  const pair = await createEngine({ processes: 2 });
  const two = await throughput(pair, { pictures, atOnce: 2 });
  await pair.close();
  const [p50Ms, p95Ms] = [percentile(seen.own, 0.5), percentile(seen.own, 0.95)];
  const [rawModelMs, decodeMs] = [percentile(seen.raw, 0.5), percentile(seen.decode, 0.5)];
  const figures = {
    p50Ms,
    p95Ms,
    rawModelMs,
    decodeMs,
    ratio: p50Ms / (rawModelMs + decodeMs),
    perSecond: { "1": one, "2": two },
    rssMb,
    vs: {
      human: { p50Ms: percentile(seen.human, 0.5), times: percentile(seen.human, 0.5) / p50Ms },
      faceApi: { p50Ms: percentile(seen.faceApi, 0.5), times: percentile(seen.faceApi, 0.5) / p50Ms },
    },
    errors: errorsOf(pictures, seen),
    pictures: { kind, count: pictures.length },
    stages: seen.stages,
  };
  return { figures, lines: linesOf(figures) };
};

interface Seen {
  readonly own: number[];
  readonly raw: number[];
  readonly decode: number[];
  readonly human: number[];
  readonly faceApi: number[];
  readonly stages: Record<string, number>;
  readonly templates: Map<string, Template | null>;
  readonly humanVectors: Map<string, readonly number[]>;
  readonly faceApiVectors: Map<string, readonly number[]>;
}

interface Field {
  readonly pictures: readonly BenchPicture[];
  readonly engine: Engine;
  readonly human: Peer;
  readonly faceApi: Peer;
  readonly bare: () => Promise<number>;
  readonly progress: (line: string) => void;
}

async function race({ pictures, engine, human, faceApi, bare, progress }: Field): Promise<Seen> {
  const seen: Seen = {
    own: [],
    raw: [],
    decode: [],
    human: [],
    faceApi: [],
    stages: {},
    templates: new Map(),
    humanVectors: new Map(),
    faceApiVectors: new Map(),
  };
  const stages = new Map<string, number[]>();
  for (const picture of pictures.slice(0, WARM_UP)) {
    await engine.inspect(picture.bytes);
    await bare();
    await human.look(picture.file);
    await faceApi.look(picture.file);
  }
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const { file, bytes } of pictures) {
      const { timings, template, problems } = await engine.inspect(bytes);
      seen.own.push((timings["total"] ?? 0) - (timings["queue"] ?? 0));
      for (const [stage, ms] of Object.entries(timings)) stages.set(stage, [...(stages.get(stage) ?? []), ms]);
      seen.templates.set(file, problems.length === 0 && "value" in template ? template.value : null);
      seen.raw.push(await bare());
      seen.decode.push(await decodeOnly(bytes));
      // Peers take much longer and vary less: every picture in the first round, then one in four.
      if (round > 0 && seen.own.length % 4 !== 0) continue;
      const answers = [await human.look(file), await faceApi.look(file)] as const;
      seen.human.push(answers[0].ms);
      seen.faceApi.push(answers[1].ms);
      seen.humanVectors.set(file, answers[0].embedding);
      seen.faceApiVectors.set(file, answers[1].embedding);
    }
    progress(`round ${round + 1} of ${ROUNDS}`);
  }
  for (const [stage, values] of stages) seen.stages[stage] = percentile(values, 0.5);
  return seen;
}

/**
 * Runs every model once, in turn, on what it gets of a real picture (black is up to a fifth quicker): nothing but the
 * runtime's own work is timed.
 */
async function bareModels(picture: Uint8Array): Promise<() => Promise<number>> {
  const inputs = await inputsOf(picture);
  const sessions = await Promise.all(
    ROLES.map(async (role) => {
      const { file, input, preprocessing } = MODEL_TABLE[role];
      const { width, height, mean } = preprocessing;
      const bytes = readFileSync(join(MODELS, file));
      const session = await InferenceSession.create(bytes, { intraOpNumThreads: 1, interOpNumThreads: 1 });
      const planes = new Float32Array(mean.length * width * height);
      fillPlanes(planes, inputs[role], MODEL_TABLE[role]);
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
      if (picture !== undefined) await engine.inspect(picture.bytes);
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
  readonly rawModelMs: number;
  readonly decodeMs: number;
  readonly ratio: number;
  readonly perSecond: { readonly "1": number; readonly "2": number };
  readonly rssMb: number;
  readonly vs: { readonly human: { p50Ms: number; times: number }; readonly faceApi: { p50Ms: number; times: number } };
  readonly errors: { pairs: number; sameface: number; human: number; faceApi: number };
}): readonly string[] {
  const { vs, errors, perSecond } = figures;
  const ms = (value: number): string => `${value.toFixed(1)} ms`;
  return [
    `${figures.ratio.toFixed(2)} × (decode ${ms(figures.decodeMs)} + models ${ms(figures.rawModelMs)})`,
    `${vs.human.times.toFixed(1)} × faster than human (${ms(vs.human.p50Ms)}), ${vs.faceApi.times.toFixed(1)} × than face-api (${ms(vs.faceApi.p50Ms)})`,
    `wrong of ${errors.pairs} pairs: sameface ${errors.sameface}, human ${errors.human}, face-api ${errors.faceApi}`,
    `one picture p50 ${ms(figures.p50Ms)}, p95 ${ms(figures.p95Ms)}; ${figures.rssMb.toFixed(0)} MB`,
    `${perSecond["1"].toFixed(1)} a second in one process, ${perSecond["2"].toFixed(1)} in two (${(perSecond["2"] / perSecond["1"]).toFixed(2)} ×)`,
  ];
}
