// npm run build: dist/ of every package, or of those that are named and what they need. Only publishing needs it; what is
// edited runs as it is. npm run build -- site: the documents as web pages.
import { spawnSync } from "node:child_process";
import { copyFileSync, rmSync } from "node:fs";
import { bundleDashboard } from "./bundle-dashboard.ts";
import { bundleReceiver } from "./bundle-receiver.ts";
import { readManifest } from "./manifest.ts";
import { ROOT } from "./root.ts";

/** How `src/` becomes `dist/`; each after those it needs, whose `dist/` it reads its types from. */
const BUILDS = {
  contract: compile,
  engine: compile,
  // The receiver carries its part of the contract (docs/adr/0013-receiver-carries-its-part-of-the-contract.md).
  receiver: bundleReceiver,
  dashboard: compileWithPages,
  server: compile,
  cli: compile,
} as const satisfies Record<string, (name: string) => void | Promise<void>>;

/** Folders under `packages/`, in the order of building. */
export const PACKAGES = Object.keys(BUILDS) as readonly PackageName[];
/** A folder under `packages/`. */
export type PackageName = keyof typeof BUILDS;

function compile(name: string): void {
  // The compiler of this repository, by the Node that runs this: npm may be older than what sources need.
  const tsc = `${ROOT}node_modules/typescript/bin/tsc`;
  const { status } = spawnSync(process.execPath, [tsc, "-p", `${ROOT}packages/${name}/tsconfig.build.json`], {
    stdio: "inherit",
  });
  if (status !== 0) throw new Error(`packages/${name} does not compile`);
}

/** The pages come into `dist/`, which travels already, beside what is compiled. */
async function compileWithPages(name: string): Promise<void> {
  compile(name);
  if (!(await bundleDashboard())) throw new Error("the pages need the development dependencies: npm ci");
}

function withNeeds(name: PackageName): PackageName[] {
  // What the receiver carries in its bundle is no dependency of what is published, and must be built all the same.
  const { dependencies, devDependencies } = readManifest(`packages/${name}`);
  const wanted = { ...dependencies, ...devDependencies };
  const needs = PACKAGES.filter((other) => readManifest(`packages/${other}`).name in wanted);
  return [...needs.flatMap(withNeeds), name];
}

/** Builds these and what they need, each from an empty `dist/`; the licence stands in each folder, since npm packs no other. */
export async function build(names: readonly PackageName[]): Promise<void> {
  const wanted = new Set(names.flatMap(withNeeds));
  for (const name of PACKAGES.filter((one) => wanted.has(one))) {
    rmSync(`${ROOT}packages/${name}/dist`, { recursive: true, force: true });
    await BUILDS[name](name);
    copyFileSync(`${ROOT}LICENSE`, `${ROOT}packages/${name}/LICENSE`);
  }
}

if (import.meta.main && process.argv.includes("site")) {
  await import("./site.ts");
} else if (import.meta.main) {
  const named = PACKAGES.filter((name) => process.argv.slice(2).includes(name));
  await build(named.length === 0 ? PACKAGES : named);
}
