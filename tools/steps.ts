/** One step of `npm run check`; its commands run one after another, and all of them run. */
export interface Step {
  readonly name: string;
  readonly commands: readonly (readonly string[])[];
}

/** Scripts that write a generated file, and with `--check` only compare. */
export const GENERATORS: readonly string[] = ["tools/wire-types.ts", "tools/reference-failures.ts"];

const SOURCE = "--conditions=@sameface/source";
const node = (script: string, ...args: readonly string[]): string[] => ["node", SOURCE, script, ...args];

/** In the order in which they are told; each is one kind of fault. */
export const STEPS: readonly Step[] = [
  { name: "node", commands: [node("tools/lockfile.ts"), node("tools/node-version.js")] },
  { name: "format", commands: [["biome", "check", "--error-on-warnings", "."]] },
  { name: "types", commands: [["tsc", "-p", "tsconfig.json"]] },
  { name: "lint", commands: [["eslint", "."]] },
  { name: "layers", commands: [node("tools/check-layers.ts")] },
  { name: "dead code", commands: [["knip"], ["knip", "--strict", "--production"]] },
  {
    name: "docs",
    commands: [
      node("tools/prose.ts"),
      node("tools/sizes.ts"),
      node("tools/growth-lists.ts"),
      ...GENERATORS.map((script) => node(script, "--check")),
    ],
  },
  { name: "map", commands: [node("tools/requirements.ts", "--check")] },
  { name: "unit", commands: [node("tools/lane.ts", "unit")] },
];

/** What `npm run fix` runs, in this order. */
export const REPAIRS: readonly (readonly string[])[] = [
  ...GENERATORS.map((script) => node(script)),
  ["eslint", "--fix", "."],
  ["biome", "check", "--write", "."],
];
