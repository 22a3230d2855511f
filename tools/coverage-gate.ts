import { globSync, readFileSync } from "node:fs";
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

/** Lines, in percent of a package. The engine's own children run with an empty environment, so lane img covers it unseen. */
const FLOORS = { "packages/server/src/": 90 } as const satisfies Record<string, number>;

/** Only types, imports and exports: nothing of it can run, so nothing of it can be covered. */
function hasNothingToRun(path: string): boolean {
  const source = ts.createSourceFile(path, readFileSync(ROOT + path, "utf8"), ts.ScriptTarget.ESNext);
  return source.statements.every(
    (statement) =>
      ts.isImportDeclaration(statement) ||
      ts.isExportDeclaration(statement) ||
      ts.isInterfaceDeclaration(statement) ||
      ts.isTypeAliasDeclaration(statement),
  );
}

function complaint(path: string, seen: FileCoverage | undefined): string | null {
  if (seen === undefined) return hasNothingToRun(path) ? null : `${path}: no test loads it`;
  const missed = [
    ...(seen.lines.covered < seen.lines.total ? [`lines ${seen.lines.missed.join(", ")}`] : []),
    ...(seen.branches.covered < seen.branches.total ? [`branches at ${seen.branches.missed.join(", ")}`] : []),
  ];
  return missed.length === 0 ? null : `${path}: not covered: ${missed.join("; ")}`;
}

function percentOf(files: readonly FileCoverage[]): number {
  const total = files.reduce((sum, file) => sum + file.lines.total, 0);
  return total === 0 ? 0 : (100 * files.reduce((sum, file) => sum + file.lines.covered, 0)) / total;
}

/** What the coverage of a run of unit and store lacks; `lines` is the share of each package, for people. */
export function judgeCoverage(coverage: readonly FileCoverage[]): { complaints: string[]; lines: string[] } {
  const byPath = new Map(coverage.map((file) => [file.path, file]));
  const complaints = COMPLETE.flatMap((glob) => globSync(glob, { cwd: ROOT }))
    .filter((path) => !/\.(test|fixture|conformance)\.ts$/.test(path))
    .flatMap((path) => complaint(path, byPath.get(path)) ?? []);
  for (const [folder, floor] of Object.entries(FLOORS)) {
    const percent = percentOf(coverage.filter((file) => file.path.startsWith(folder)));
    if (percent < floor) complaints.push(`${folder}: ${percent.toFixed(1)} % of lines, at least ${floor} % wanted`);
  }
  const folders = [...new Set(coverage.map((file) => file.path.split("/").slice(0, 3).join("/")))].sort();
  const lines = folders.map(
    (folder) =>
      `${folder}: ${percentOf(coverage.filter((file) => file.path.startsWith(`${folder}/`))).toFixed(1)} % of lines`,
  );
  return { complaints, lines };
}
