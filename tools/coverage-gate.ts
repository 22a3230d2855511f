import { globSync, readFileSync } from "node:fs";
import { matchesGlob } from "node:path";
import ts from "typescript";
import { ROOT } from "./root.ts";
import type { FileCoverage } from "./run-tests.ts";

/** Every line and branch of these is covered by the lanes unit and store. @see style.md §4 */
const COMPLETE = [
  "packages/contract/src/**/*.ts",
  "packages/receiver/src/**/*.ts",
  "packages/server/src/authentication/decide.ts",
  "packages/server/src/delivery/schedule.ts",
];

/**
 * Lines, in percent of a package, files that no test loads included. Packages that are not named are printed, not
 * gated: engine and cli are proven by lanes img and proc, in processes of their own that this count does not see.
 */
const FLOORS: readonly { readonly folder: string; readonly percent: number }[] = [
  { folder: "packages/dashboard/src", percent: 90 },
  { folder: "packages/server/src", percent: 90 },
];

/**
 * Draws and listens in a browser, and in nothing else: lane web drives it there. What the capture page decides stands in
 * the files beside these, which are counted; the dashboard's drawing is in `.tsx` files, which this count does not see.
 */
const IN_BROWSER =
  "packages/dashboard/src/capture/{camera,capture-flow,component,elements,main,screens,tell-parent}.ts";

const PRODUCT = "packages/*/src/**/*.ts";
const NOT_PRODUCT = /\.(test|fixture|conformance|img\.test)\.ts$|\/fixtures\//;

/** What can be covered in a file that no test loaded: its statements, but for types, imports and exports. */
function unloaded(path: string): FileCoverage {
  const text = readFileSync(ROOT + path, "utf8");
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.ESNext);
  const running = source.statements.filter(
    (statement) =>
      !ts.isImportDeclaration(statement) &&
      !ts.isExportDeclaration(statement) &&
      !ts.isInterfaceDeclaration(statement) &&
      !ts.isTypeAliasDeclaration(statement),
  );
  const total = running.length === 0 ? 0 : text.trimEnd().split("\n").length;
  return { path, lines: { total, covered: 0, missed: [] }, branches: { total: 0, covered: 0, missed: [] } };
}

function complaint({ path, lines, branches }: FileCoverage): string | null {
  if (lines.total > 0 && lines.covered === 0) return `${path}: no test loads it`;
  const missed = [
    ...(lines.covered < lines.total ? [`lines ${lines.missed.join(", ")}`] : []),
    ...(branches.covered < branches.total ? [`branches at ${branches.missed.join(", ")}`] : []),
  ];
  return missed.length === 0 ? null : `${path}: not covered: ${missed.join("; ")}`;
}

function percentOf(files: readonly FileCoverage[]): number {
  const total = files.reduce((sum, file) => sum + file.lines.total, 0);
  return total === 0 ? 100 : (100 * files.reduce((sum, file) => sum + file.lines.covered, 0)) / total;
}

/** What the coverage of a run of unit and store lacks; `lines` is the share of each package, for people. */
export function judgeCoverage(coverage: readonly FileCoverage[]): { complaints: string[]; lines: string[] } {
  const seen = new Map(coverage.map((file) => [file.path, file]));
  const all = globSync(PRODUCT, { cwd: ROOT })
    .filter((path) => !NOT_PRODUCT.test(path) && !matchesGlob(path, IN_BROWSER))
    .map((path) => seen.get(path) ?? unloaded(path));
  const within = (folder: string): FileCoverage[] => all.filter((file) => file.path.startsWith(`${folder}/`));
  const folders = [...new Set(all.map((file) => file.path.split("/").slice(0, 3).join("/")))].sort();
  const below = FLOORS.filter(({ folder, percent }) => percentOf(within(folder)) < percent);
  return {
    complaints: [
      ...all
        .filter((file) => COMPLETE.some((glob) => matchesGlob(file.path, glob)))
        .flatMap((file) => complaint(file) ?? []),
      ...below.map(({ folder, percent }) => `${folder}: less than ${percent} % of lines`),
    ],
    lines: folders.map((folder) => `${folder}: ${percentOf(within(folder)).toFixed(1)} % of lines`),
  };
}
