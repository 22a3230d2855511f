import type { IForbiddenRuleType } from "dependency-cruiser";
import { type Layer, MAY, SIBLINGS, TEST_OUTSIDE } from "./layers.ts";

/** Tests, their fixtures and conformance suites: they stand beside the code and are never part of it. */
export const TEST_FILE = "(\\.(test|fixture|conformance)\\.tsx?$|/fixtures/)";

const PACKAGES = ["contract", "engine", "receiver", "dashboard", "server", "cli"];

const anchored = (paths: readonly string[]): string[] => paths.map((path) => `^${path}`);
const modules = (names: readonly string[]): string[] =>
  names.filter((name) => name !== "node:").map((name) => `(^|/)node_modules/${name.replaceAll(".", "\\.")}/`);

/** A row as a prohibition: everything that it does not say. */
function ruleOf(name: string, layer: Omit<Layer, "typesOnly">, exceptFiles: string[]): IForbiddenRuleType {
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

/** Receivers, name servers and certificates that misbehave on loopback: tests of any package may use them. */
const FAULTS = "tests/faults/";

/** Tests reach all of their own package, what its rows may, and the libraries that only tests bring. */
function testRule(folder: string): IForbiddenRuleType {
  const rows = MAY.filter((layer) => layer.part.startsWith(folder));
  const layer = {
    part: `${folder}.*${TEST_FILE}`,
    may: [folder, FAULTS, ...rows.flatMap((row) => row.may)],
    outside: [...TEST_OUTSIDE, ...rows.flatMap((row) => row.outside)],
    reason: "a test stands beside what it tests and uses real parts of its own package",
  };
  return ruleOf(`test of ${folder}`, layer, []);
}

const siblingRule = (folder: string): IForbiddenRuleType => ({
  name: `sibling: ${folder}`,
  severity: "error",
  comment: "entries of a growing list do not know each other",
  from: { path: `^${folder}([^/.]+)\\.ts$`, pathNot: [`^${folder}index\\.ts$`] },
  to: { path: `^${folder}`, pathNot: [`^${folder}$1\\.`] },
});

/** All prohibitions, each with its reason as the comment. */
export const LAYER_RULES: readonly IForbiddenRuleType[] = [
  ...MAY.map((layer) => ruleOf(layer.part, layer, [TEST_FILE])),
  ...MAY.filter((layer) => layer.typesOnly === true).map(typesOnlyRule),
  ...PACKAGES.map((name) => testRule(`packages/${name}/`)),
  ...SIBLINGS.map(siblingRule),
  {
    name: "fixture",
    severity: "error",
    comment: "what only tests need is not reached from the product",
    // Training is no product either: it reads the development photographs as the tests do.
    from: { path: "^packages/", pathNot: [TEST_FILE, "^packages/engine/training/"] },
    to: { path: `^packages/.*${TEST_FILE}` },
  },
  {
    name: "cycle",
    severity: "error",
    comment: "a circle of values has no first file; types may refer to each other",
    from: { path: "^(packages|tests|examples|tools|bench)/" },
    to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
  },
  {
    name: "unresolvable",
    severity: "error",
    comment: "nothing stands there",
    from: { path: "^(packages|tests|examples|tools|bench)/" },
    to: { couldNotResolve: true },
  },
];
