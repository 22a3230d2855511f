import { join } from "node:path";
import { type InputOptions, rolldown } from "rolldown";
import { dts } from "rolldown-plugin-dts";
import { readManifest } from "./manifest.ts";
import { ROOT } from "./root.ts";

const FOLDER = "packages/receiver";

/** Entry in `dist/` → its source, as `exports` says. */
function entries(): Record<string, string> {
  const { exports = {} } = readManifest(FOLDER);
  return Object.fromEntries(
    Object.values(exports).map(({ "@sameface/source": source = "", default: built = "" }) => [
      built.replace(/^\.\/dist\//, "").replace(/\.js$/, ""),
      join(ROOT, FOLDER, source),
    ]),
  );
}

/**
 * The receiver with the part of the contract that it reaches, code and types: what goes into other people's
 * applications is one package with no dependency. The code is minified, since its size is an aim (style.md §4);
 * types keep their comments, which editors show.
 */
export async function bundleReceiver(): Promise<void> {
  const common: InputOptions = {
    input: entries(),
    // An adapter asks for the receiver by its name, as a third party would: one copy of it for all adapters.
    external: [/^node:/, /^@sameface\/receiver$/],
    resolve: { conditionNames: ["@sameface/source", "default"] },
    platform: "neutral",
    checks: { bundlerTimings: false },
  };
  const dir = join(ROOT, FOLDER, "dist");
  await using code = await rolldown(common);
  await code.write({ dir, format: "esm", minify: true });
  const tsconfig = join(ROOT, FOLDER, "tsconfig.build.json");
  const compilerOptions = { customConditions: ["@sameface/source"], rootDir: join(ROOT, "packages") };
  await using types = await rolldown({ ...common, plugins: [dts({ emitDtsOnly: true, tsconfig, compilerOptions })] });
  await types.write({ dir, format: "esm", chunkFileNames: "wire.js" });
}
