// @vladmandic/face-api on its wasm backend: SSD MobileNet, 68 landmarks, descriptor.
import { createRequire, registerHooks } from "node:module";
import { dirname, join } from "node:path";
import { servePeer } from "./serve.ts";

type Operation = (this: unknown, ...rest: readonly unknown[]) => unknown;
interface Core {
  readonly Tensor: { readonly prototype: Record<string, unknown> };
  reshape(x: unknown, shape: readonly number[]): unknown;
  cast(x: unknown, type: string): unknown;
}
interface Net {
  loadFromDisk(folder: string): Promise<void>;
}
interface Task {
  withFaceLandmarks(): { withFaceDescriptor(): Promise<{ readonly descriptor: Float32Array } | undefined> };
}
interface FaceApi {
  readonly tf: {
    setBackend(name: string): Promise<boolean>;
    tensor3d(data: Uint8Array, shape: readonly number[], type: "int32"): object;
    dispose(x: object): void;
  };
  readonly nets: Readonly<Record<"ssdMobilenetv1" | "faceLandmark68Net" | "faceRecognitionNet", Net>>;
  detectSingleFace(picture: object): Task;
}

const require = createRequire(import.meta.url);
const folder = dirname(require.resolve("@vladmandic/face-api/package.json"));
const core: unknown = require("@tensorflow/tfjs-core");
chainOperations(core as Core & Readonly<Record<string, unknown>>);
// It asks for the umbrella package of 141 MB, of which it uses the core alone, with operations as methods.
registerHooks({
  resolve: (name, context, next) =>
    name === "@tensorflow/tfjs"
      ? next("@tensorflow/tfjs-core", { ...context, parentURL: import.meta.url })
      : next(name, context),
});
const loaded: unknown = require(join(folder, "dist/face-api.node-wasm.js"));
const faceApi = loaded as FaceApi;
await faceApi.tf.setBackend("wasm");
const { ssdMobilenetv1, faceLandmark68Net, faceRecognitionNet } = faceApi.nets;
for (const net of [ssdMobilenetv1, faceLandmark68Net, faceRecognitionNet])
  await net.loadFromDisk(join(folder, "model"));

servePeer(async ({ data, width, height }) => {
  const tensor = faceApi.tf.tensor3d(data, [height, width, 3], "int32");
  const face = await faceApi.detectSingleFace(tensor).withFaceLandmarks().withFaceDescriptor();
  faceApi.tf.dispose(tensor);
  return [...(face?.descriptor ?? [])];
});

function chainOperations(tf: Core & Readonly<Record<string, unknown>>): void {
  const { prototype } = tf.Tensor;
  for (const [name, operation] of Object.entries(tf)) {
    if (typeof operation !== "function" || !/^[a-z]/.test(name) || name in prototype) continue;
    const call = operation as Operation;
    prototype[name] = function (this: unknown, ...rest: readonly unknown[]) {
      return call.call(undefined, this, ...rest);
    };
  }
  const shaped = function (this: unknown, ...shape: readonly number[]) {
    return tf.reshape(this, shape);
  };
  for (const name of ["as2D", "as3D", "as4D", "asScalar"]) prototype[name] = shaped;
  prototype["as1D"] = function (this: { readonly size: number }) {
    return tf.reshape(this, [this.size]);
  };
  for (const [name, type] of [
    ["toFloat", "float32"],
    ["toInt", "int32"],
  ] as const) {
    prototype[name] = function (this: unknown) {
      return tf.cast(this, type);
    };
  }
}
