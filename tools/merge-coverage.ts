import type { FileCoverage } from "./run-tests.ts";

/** Coverage of several runs: what one of them reached is reached. */
export function mergeCoverage(coverage: readonly FileCoverage[]): FileCoverage[] {
  const paths = [...new Set(coverage.map((file) => file.path))];
  return paths.flatMap((path) => mergeRuns(coverage.filter((file) => file.path === path)));
}

function mergeRuns(runs: readonly FileCoverage[]): FileCoverage[] {
  const [first, ...others] = runs;
  if (first === undefined || others.length === 0) return [...runs];
  const missed = (pick: (file: FileCoverage) => readonly number[]): number[] =>
    pick(first).filter((line) => others.every((run) => pick(run).includes(line)));
  const lines = missed((file) => file.lines.missed);
  const branches = missed((file) => file.branches.missed);
  return [
    {
      path: first.path,
      lines: { total: first.lines.total, covered: first.lines.total - lines.length, missed: lines },
      branches: { total: first.branches.total, covered: first.branches.total - branches.length, missed: branches },
    },
  ];
}
