// Judges imports by the MAY table of layers.ts, with dependency-cruiser.
import { globSync } from "node:fs";
import { cruise, type ICruiseOptions, type IForbiddenRuleType } from "dependency-cruiser";
import { type Layer, MAY, SIBLINGS, TEST_OUTSIDE } from "./layers.ts";
import { ROOT } from "./root.ts";

const TEST_FILE = "\\.test\\.ts$";
const OWN = "^(packages|tests|examples|tools)/";

const anchored = (paths: readonly string[]): string[] => paths.map((path) => `^${path}`);
const modules = (names: readonly string[]): string[] =>
  names.filter((name) => name !== "node:").map((name) => `(^|/)node_modules/${name.replaceAll(".", "\\.")}/`);

function rule(
  name: string,
  layer: Pick<Layer, "part" | "may" | "outside" | "reason">,
  exceptFiles: string[],
): IForbiddenRuleType {
  return {
    name,
    severity: "error",
    comment: layer.reason,
    from: { path: `^${layer.part}`, pathNot: exceptFiles },
    to: {
      pathNot: [...anchored([layer.part, ...layer.may]), ...modules(layer.outside)],
      // What stands nowhere is told once, by the rule "unresolvable".
      couldNotResolve: false,
      ...(layer.outside.includes("node:") ? { dependencyTypesNot: ["core"] } : {}),
    },
  };
}

function typesOnlyRule(layer: Layer): IForbiddenRuleType {
  return {
    name: `types only: ${layer.part}`,
    severity: "error",
    comment: layer.reason,
    from: { path: `^${layer.part}`, pathNot: [TEST_FILE] },
    to: { path: anchored(layer.may), dependencyTypesNot: ["type-only"] },
  };
}

/** Tests reach all of their own package, what its rows may, and the libraries that only tests bring. */
function testRule(folder: string): IForbiddenRuleType {
  const rows = MAY.filter((layer) => layer.part.startsWith(folder));
  const layer = {
    part: `${folder}.*${TEST_FILE}`,
    may: [folder, ...rows.flatMap((row) => row.may)],
    outside: [...TEST_OUTSIDE, ...rows.flatMap((row) => row.outside)],
    reason: "a test stands beside what it tests and uses real parts of its own package",
  };
  return rule(`test of ${folder}`, layer, []);
}

const siblingRule = (folder: string): IForbiddenRuleType => ({
  name: `sibling: ${folder}`,
  severity: "error",
  comment: "entries of a growing list do not know each other",
  from: { path: `^${folder}([^/.]+)(?<!index)\\.ts$` },
  to: { path: `^${folder}`, pathNot: [`^${folder}$1\\.`] },
});

const forbidden: IForbiddenRuleType[] = [
  ...MAY.map((layer) => rule(layer.part, layer, [TEST_FILE])),
  ...MAY.filter((layer) => layer.typesOnly === true).map(typesOnlyRule),
  ...["contract", "engine", "receiver", "dashboard", "server", "cli"].map((name) => testRule(`packages/${name}/`)),
  ...SIBLINGS.map(siblingRule),
  {
    name: "cycle",
    severity: "error",
    comment: "a circle of values has no first file; types may refer to each other",
    from: {},
    to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
  },
  { name: "unresolvable", severity: "error", comment: "nothing stands there", from: {}, to: { couldNotResolve: true } },
];

const options: ICruiseOptions = {
  baseDir: ROOT,
  validate: true,
  ruleSet: { forbidden },
  tsPreCompilationDeps: true,
  doNotFollow: { path: "node_modules" },
};

function filesWithoutRow(): string[] {
  return globSync("packages/*/src/**/*.ts", { cwd: ROOT })
    .filter((path) => !path.endsWith(".test.ts"))
    .flatMap((path) => {
      const rows = MAY.filter((layer) => new RegExp(`^${layer.part}`).test(path));
      return rows.length === 1 ? [] : [`${path}: ${rows.length} rows of MAY (tools/layers.ts), exactly 1 wanted`];
    });
}

const folders = ["packages", "tools", "tests", "examples"].filter(
  (folder) => globSync(`${folder}/**/*.ts`, { cwd: ROOT }).length > 0,
);
const resolve = {
  conditionNames: ["@sameface/source", "node", "import", "types", "default"],
  exportsFields: ["exports"],
};
const { output } = await cruise(folders, options, resolve);
if (typeof output === "string") throw new Error(output);
const broken = output.summary.violations
  .filter((violation) => new RegExp(OWN).test(violation.from))
  .map(
    (violation) => `${violation.from} → ${violation.to}\n  ${violation.rule.name}: ${ruleComment(violation.rule.name)}`,
  );
const complaints = [...broken, ...filesWithoutRow()];
process.stdout.write(
  `${complaints.map((line) => `${line}\n`).join("")}${output.summary.totalCruised} modules, ${complaints.length} refused\n`,
);
process.exitCode = complaints.length === 0 ? 0 : 1;

function ruleComment(name: string): string {
  return forbidden.find((each) => each.name === name)?.comment ?? "";
}
