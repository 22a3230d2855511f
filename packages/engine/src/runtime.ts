import type * as Native from "onnxruntime-node";
import { EngineError } from "./engine-error.ts";
import type { Runtime as RuntimeFacts } from "./messages.ts";

/** The two builds of the runtime, by package. */
export type RuntimeName = RuntimeFacts["name"];

/** What both builds have alike. */
type Build = Pick<typeof Native, "InferenceSession" | "Tensor">;

/** A loaded build, and what it is. */
export interface Runtime extends RuntimeFacts {
  /** Opens a model; one run takes planes of a shape and gives named outputs, none of which is trusted. */
  open(model: {
    readonly bytes: Uint8Array;
    readonly input: string;
    readonly outputs: readonly string[];
  }): Promise<Infer>;
}

/** One run of a model. */
export type Infer = (planes: Float32Array, dims: readonly number[]) => Promise<Readonly<Record<string, unknown>>>;

/** How each build is loaded; a test puts another in a build's place. */
export interface Loaders {
  readonly native: () => Promise<
    Build & { readonly env: { readonly versions: { readonly node?: string; readonly common: string } } }
  >;
  readonly web: () => Promise<
    Build & {
      readonly env: {
        readonly versions: { readonly web?: string; readonly common: string };
        readonly wasm: { numThreads?: number };
      };
    }
  >;
}

const LOADERS: Loaders = {
  native: async () => await import("onnxruntime-node"),
  web: async () => await import("onnxruntime-web"),
};

/**
 * The native build, or where it does not load the same files in WebAssembly: slower by four, equal to 1e-5.
 * @param wanted one build and no other
 * @throws {EngineError} `startFailed` where neither loads
 */
export async function loadRuntime(wanted: RuntimeName | null = null, loaders: Loaders = LOADERS): Promise<Runtime> {
  if (wanted !== "onnxruntime-web") {
    const native = await loaders.native().catch((cause: unknown) => {
      if (wanted !== null) throw new EngineError("startFailed", "onnxruntime-node cannot be loaded", { cause });
      return null;
    });
    if (native !== null) return nativeRuntime(native);
  }
  const web = await loaders.web().catch((cause: unknown) => {
    throw new EngineError(
      "startFailed",
      "onnxruntime-node cannot be loaded here, nor onnxruntime-web in its place: `npm install onnxruntime-web`",
      { cause },
    );
  });
  return webRuntime(web);
}

function nativeRuntime(native: Awaited<ReturnType<Loaders["native"]>>): Runtime {
  // A child measures one picture on one core; more threads only take cores from the other children.
  const options = { intraOpNumThreads: 1, interOpNumThreads: 1, logSeverityLevel: 3 } as const;
  const { versions } = native.env;
  return { name: "onnxruntime-node", version: versions.node ?? versions.common, open: openWith(native, options) };
}

function webRuntime(web: Awaited<ReturnType<Loaders["web"]>>): Runtime {
  web.env.wasm.numThreads = 1;
  const options = { executionProviders: ["wasm"], logSeverityLevel: 3 } as const;
  const { versions } = web.env;
  return { name: "onnxruntime-web", version: versions.web ?? versions.common, open: openWith(web, options) };
}

function openWith(build: Build, options: Native.InferenceSession.SessionOptions): Runtime["open"] {
  return async ({ bytes, input, outputs }) => {
    const session = await build.InferenceSession.create(bytes, options);
    return async (planes, dims) =>
      await session.run({ [input]: new build.Tensor("float32", planes, dims) }, [...outputs]);
  };
}
