import { globSync } from "node:fs";
import { cruise, type ICruiseOptions } from "dependency-cruiser";
import { LAYER_RULES, TEST_FILE } from "./layer-rules.ts";
import { MAY } from "./layers.ts";

const FOLDERS = ["packages", "tools", "tests", "examples", "bench"];

/** As Node resolves them when it runs the sources. */
const RESOLVE = {
  conditionNames: ["@sameface/source", "node", "import", "types", "default"],
  exportsFields: ["exports"],
};

/** A file that no row or several rows speak of would be judged by none or by accident. */
function filesWithoutRow(root: string): string[] {
  return globSync("packages/*/src/**/*.{ts,tsx}", { cwd: root })
    .filter((path) => !new RegExp(TEST_FILE).test(path))
    .flatMap((path) => {
      const rows = MAY.filter((layer) => new RegExp(`^${layer.part}`).test(path));
      return rows.length === 1 ? [] : [`${path}: ${rows.length} rows of MAY (tools/layers.ts), exactly 1 wanted`];
    });
}

/** What the imports of a tree break of the table, each with its reason, and how many modules were looked at. */
export async function judgeLayers(root: string): Promise<{ complaints: string[]; modules: number }> {
  const options: ICruiseOptions = {
    baseDir: root,
    validate: true,
    ruleSet: { forbidden: [...LAYER_RULES] },
    tsPreCompilationDeps: true,
    doNotFollow: { path: "node_modules" },
    exclude: { path: "^packages/[a-z]+/dist/" }, // built, for archives only
  };
  const folders = FOLDERS.filter((folder) => globSync(`${folder}/**/*.ts`, { cwd: root }).length > 0);
  const { output } = await cruise(folders, options, RESOLVE);
  if (typeof output === "string") throw new Error(output);
  const broken = output.summary.violations.map(({ from, to, rule }) => {
    const reason = LAYER_RULES.find((each) => each.name === rule.name)?.comment ?? "";
    return `${from} → ${to}\n  ${rule.name}: ${reason}`;
  });
  return { complaints: [...broken, ...filesWithoutRow(root)], modules: output.summary.totalCruised };
}
