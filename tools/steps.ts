import { readFileSync } from "node:fs";
import { ourFiles } from "./files.ts";
import { ROOT } from "./root.ts";

/** One step of `npm run check`; its commands run one after another, and all of them run. */
export interface Step {
  readonly name: string;
  readonly commands: readonly (readonly string[])[];
  /** Runs only when it is named with `--only`. */
  readonly onRequest?: true;
}

/** Scripts that write a generated file, and with `--check` only compare: those that use generated-file.ts. */
function generators(): string[] {
  return ourFiles("tools/*.ts").filter((path) =>
    /^import .* from "\.\/generated-file\.ts";$/m.test(readFileSync(ROOT + path, "utf8")),
  );
}

const SOURCE = "--conditions=@sameface/source";
const node = (script: string, ...args: readonly string[]): string[] => ["node", SOURCE, script, ...args];

/** In the order in which they are told; each is one kind of fault. */
export const STEPS: readonly Step[] = [
  { name: "node", commands: [node("tools/lockfile.ts"), node("tools/node-version.js")] },
  { name: "format", commands: [["biome", "check", "--error-on-warnings", "."]] },
  {
    name: "types",
    commands: [
      ["tsc", "-p", "tsconfig.json"],
      ["tsc", "-p", "tests/web/tsconfig.json"],
    ],
  },
  { name: "lint", commands: [["eslint", "."]] },
  { name: "layers", commands: [node("tools/check-layers.ts")] },
  {
    name: "dead code",
    // The second run leaves the tests out: a file or a dependency that only they need is dead in the product.
    commands: [["knip"], ["knip", "--strict", "--production", "--include", "files,dependencies,unlisted,unresolved"]],
  },
  {
    name: "docs",
    commands: [
      node("tools/prose.ts"),
      node("tools/snippets.ts"),
      node("tools/site.ts"),
      node("tools/sizes.ts"),
      node("tools/growth-lists.ts"),
      ...generators().map((script) => node(script, "--check")),
    ],
  },
  { name: "map", commands: [node("tools/requirements.ts", "--check"), node("tools/planted.ts")] },
  { name: "unit", commands: [node("tools/lane.ts", "unit")] },
  // Asks a registry, so that it is for CI, and for whoever changes a dependency.
  { name: "audit", commands: [node("tools/audit.ts")], onRequest: true },
  // Half a minute of building; CI runs it as the first half of `npm run packages`.
  { name: "packages", commands: [node("tools/check-packages.ts")], onRequest: true },
];

/** What `npm run fix` runs, in this order. */
export const REPAIRS: readonly (readonly string[])[] = [
  ...generators().map((script) => node(script)),
  ["eslint", "--fix", "."],
  ["biome", "check", "--write", "."],
];
