import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type InputOptions, type RolldownOutput, rolldown } from "rolldown";
import { dts } from "rolldown-plugin-dts";
import { readManifest } from "./manifest.ts";
import { ROOT } from "./root.ts";
import { shrinkTypes } from "./shrink-types.ts";

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

function rewrite(dir: string, { output }: RolldownOutput, shrink: (text: string) => string): void {
  for (const chunk of output) {
    if (chunk.type === "chunk") writeFileSync(join(dir, chunk.fileName), shrink(chunk.code));
  }
}

/** The texts of SQL and Lua are the only ones of several lines, and both take any blank for any other. */
function withoutIndents(code: string): string {
  return code.replaceAll(/\n\s+/g, "\n");
}

/**
 * The receiver with the part of the contract that it reaches, code and types: what goes into other people's
 * applications is one package with no dependency. Both are minified, since its size is an aim (style.md §4); of the docs
 * what editors show first stays.
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
  rewrite(dir, await code.write({ dir, format: "esm", minify: true, comments: false }), withoutIndents);
  const tsconfig = join(ROOT, FOLDER, "tsconfig.build.json");
  const compilerOptions = { customConditions: ["@sameface/source"], rootDir: join(ROOT, "packages") };
  await using types = await rolldown({ ...common, plugins: [dts({ emitDtsOnly: true, tsconfig, compilerOptions })] });
  rewrite(dir, await types.write({ dir, format: "esm" }), shrinkTypes);
}
