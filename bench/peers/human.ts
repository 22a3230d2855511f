// @vladmandic/human on its wasm backend: detector, mesh, description, antispoof and liveness, as a login would use it.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { servePeer } from "./serve.ts";

interface HumanTensor {
  readonly shape: readonly number[];
}
interface Human {
  readonly tf: {
    tensor3d(data: Uint8Array, shape: readonly number[], type: "int32"): HumanTensor;
    dispose(x: HumanTensor): void;
  };
  load(): Promise<void>;
  detect(picture: HumanTensor): Promise<{ readonly face: readonly { readonly embedding?: readonly number[] }[] }>;
}
interface HumanModule {
  readonly Human: new (config: object) => Human;
}

const require = createRequire(import.meta.url);
const folder = join(dirname(require.resolve("@vladmandic/human")), "..");
// Its "exports" name no wasm build for Node.
const loaded: unknown = require(join(folder, "dist/human.node-wasm.js"));
const { Human } = loaded as HumanModule;
// It asks for its models by fetch, which in Node reads no files.
globalThis.fetch = (address) =>
  Promise.resolve(new Response(readFileSync(new URL(address instanceof Request ? address.url : address))));

const off = { enabled: false };
const human = new Human({
  backend: "wasm",
  wasmPath: `${join(dirname(require.resolve("@tensorflow/tfjs-backend-wasm/package.json")), "dist")}/`,
  modelBasePath: `${pathToFileURL(join(folder, "models")).href}/`,
  debug: false,
  // No skipping of frames: each picture is a new one.
  cacheSensitivity: 0,
  face: {
    enabled: true,
    detector: { rotation: true, maxDetected: 1 },
    mesh: { enabled: true },
    description: { enabled: true },
    antispoof: { enabled: true },
    liveness: { enabled: true },
    iris: off,
    emotion: off,
    attention: off,
  },
  body: off,
  hand: off,
  object: off,
  gesture: off,
  segmentation: off,
});
await human.load();

servePeer(async ({ data, width, height }) => {
  const tensor = human.tf.tensor3d(data, [height, width, 3], "int32");
  const { face } = await human.detect(tensor);
  human.tf.dispose(tensor);
  return [...(face[0]?.embedding ?? [])];
});
