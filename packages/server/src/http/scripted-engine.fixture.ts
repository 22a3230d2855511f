import { hash } from "node:crypto";
import {
  type CheckName,
  type Engine,
  EngineError,
  type EngineInfo,
  type Inspection,
  type InspectOptions,
  type Problem,
  type Template,
} from "@sameface/engine";

/** What a picture of a scripted engine shows: its bytes are this, as JSON. */
export interface Script {
  /** Who is on it; the same name is the same face. */
  readonly face?: string;
  /** Told apart only by its bytes: another shot of the same face. */
  readonly shot?: number;
  /** Default 0.9. `null`: could not be measured. */
  readonly live?: number | null;
  readonly problem?: Problem;
  /** What is worn; a name with `failed` is a model that failed. Left out: not evaluated. */
  readonly checks?: Partial<Record<CheckName, boolean | "failed" | undefined>>;
  /** Degrees; default: not measured. */
  readonly yaw?: number;
  /** How closed both eyes are. */
  readonly closed?: number;
  /** Face width ÷ picture width; default 0.3. */
  readonly width?: number;
  /** The engine as a whole throws. */
  readonly throws?: "closed" | "startFailed";
  /** Every number of the template; JSON can't write NaN. */
  readonly fill?: number | "NaN";
}

/** An engine behind the port that reads its measurements out of the picture, and waits where a test holds it. */
export interface ScriptedEngine extends Engine {
  readonly inspected: () => number;
  /** What the last inspection was asked for. */
  readonly lastAsked: () => InspectOptions;
  /** Every inspection waits from now on; answers the way to let them go. */
  hold(): () => void;
}

const SCRIPTED_EMBEDDER = "0123456789abcdef-scripted-1";

/** The bytes of a scripted picture. */
export function picture(script: Script): Buffer {
  return Buffer.from(JSON.stringify(script));
}

/** A scripted engine. */
export function createScriptedEngine(): ScriptedEngine {
  let count = 0;
  let asked: InspectOptions = {};
  let gate: Promise<void> = Promise.resolve();
  const templateOf = createTemplates();
  return {
    inspected: () => count,
    lastAsked: () => asked,
    hold: () => {
      const { promise, resolve } = Promise.withResolvers<undefined>();
      gate = promise.then(() => undefined);
      return () => {
        resolve(undefined);
      };
    },
    inspect: async (image, options = {}) => {
      count += 1;
      asked = options;
      await gate;
      const { checks, ...script } = readScript(image);
      // What was not asked for is not looked at, as in the engine itself.
      const looked = options.headCover === false ? { ...checks, headCover: undefined } : { ...checks };
      return inspectionOf({ ...script, checks: looked }, { image, templateOf });
    },
    describe: () => INFO,
    load: () => ({ queued: 0, working: 0, restarts: 0 }),
    close: async () => {
      await Promise.resolve();
    },
  };
}

function readScript(image: Uint8Array): Script {
  try {
    return JSON.parse(Buffer.from(image).toString("utf8")) as Script;
  } catch {
    return { problem: "unsupported_format" };
  }
}

function inspectionOf(
  script: Script,
  { image, templateOf }: { readonly image: Uint8Array; readonly templateOf: (script: Script) => Template },
): Inspection {
  if (script.throws !== undefined) throw new EngineError(script.throws, "as the script says");
  const { live = 0.9, problem, checks = {} } = script;
  const check = (name: CheckName) => {
    const state = checks[name];
    if (state === undefined) return { unavailable: "notEvaluated" };
    if (state === "failed") return { unavailable: "model_failure" };
    return { value: { probability: state ? 0.99 : 0.01, present: state }, model: "scripted" };
  };
  return {
    image: {
      format: "jpeg",
      width: 640,
      height: 480,
      orientation: 1,
      sha256: hash("sha256", image),
      byteLength: image.length,
    },
    faceCount: 1,
    primary: null,
    pose:
      script.yaw === undefined
        ? { unavailable: "notScripted" }
        : { value: { yaw: script.yaw, pitch: 0, roll: 0 }, model: "scripted" },
    quality: {
      retried: false,
      livenessCropScale: 2.7,
      faceWidthFraction: script.width ?? 0.3,
      insideShare: 1,
      brightness: 0.5,
      darkShare: 0,
      brightShare: 0,
      sharpness: 0.2,
      embeddingNorm: 3.5,
      hints: ["more light"],
    },
    template:
      problem === undefined ? { value: templateOf(script), model: SCRIPTED_EMBEDDER } : { unavailable: "notMeasured" },
    liveness: live === null ? { unavailable: "notMeasured" } : { value: { live }, model: "scripted" },
    eyes:
      script.closed === undefined
        ? { unavailable: "notScripted" }
        : { value: { left: script.closed, right: script.closed }, model: "scripted" },
    checks: { mask: check("mask"), lenses: check("lenses"), headCover: check("headCover") },
    problems: problem === undefined ? [] : [problem],
    timings: { detect: 1 },
  };
}

/** Each is made once: 512 hashes. */
function createTemplates(): (script: Script) => Template {
  const known = new Map<string, Template>();
  return (script) => {
    const name = JSON.stringify([script.face, script.fill]);
    const template = known.get(name) ?? makeTemplate(script);
    known.set(name, template);
    return template;
  };
}

/** A unit vector that is far from the one of every other name. */
function makeTemplate({ face = "nobody", fill }: Script): Template {
  const number = fill === "NaN" ? Number.NaN : fill;
  const values = Array.from(
    { length: 512 },
    (_, index) => number ?? hash("sha256", `${face} ${index}`, "buffer").readInt8(0),
  );
  const length = Math.hypot(...values);
  return { embedderId: SCRIPTED_EMBEDDER, vector: Float32Array.from(values, (value) => value / length) };
}

const INFO: EngineInfo = {
  models: [],
  embedderId: SCRIPTED_EMBEDDER,
  runtime: { name: "onnxruntime-node", version: "0" },
  isolation: { network: "none", processes: 1, spare: 0 },
  limits: {
    maxBytes: 8_000_000,
    maxPixels: 1,
    minSide: 1,
    maxSide: 1,
    maxScans: 1,
    decodeTimeoutMs: 1,
    inspectTimeoutMs: 1,
    memoryBytes: 1,
    queue: 1,
  },
};
