import { createEngine } from "@sameface/engine";
import { type Finding, ill, messageOf, well } from "./finding.ts";

/** The models by their hashes, the runtime, and how far the engine's children are shut in. */
export async function checkEngine(): Promise<readonly Finding[]> {
  try {
    const engine = await createEngine({ processes: 1 });
    const { models, runtime, isolation } = engine.describe();
    await engine.close();
    return [
      well("models", models.map((model) => `${model.file} ${model.sha256.slice(0, 12)}…`).join(", ")),
      runtime.name === "onnxruntime-node"
        ? well("engine runtime", `${runtime.name} ${runtime.version}`)
        : well("engine runtime", `${runtime.name} ${runtime.version}: WebAssembly, some four times slower than native`),
      isolation.network === "none"
        ? well("engine isolation", "its processes reach no network")
        : ill(
            "engine isolation",
            "its processes can reach the network: this system allows no network namespace",
            "Allow unprivileged user namespaces, or run in a container that does; sameface works all the same.",
          ),
    ];
  } catch (error) {
    return [ill("engine", messageOf(error), 'In a clone: "npm run models". Else reinstall @sameface/engine.')];
  }
}
