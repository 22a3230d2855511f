// Says which S- and B-rows have a planted defect (tests/mutants), and refuses one that no longer applies or is found by a test
// that is not mapped for its row.
import { readFileSync } from "node:fs";
import type { Mutant } from "../tests/mutants/mutant.ts";
import { MUTANTS } from "../tests/mutants/mutants.ts";
import { ROOT } from "./root.ts";

/** Rows whose guard is no text that could give way to another. */
const WITHOUT: Readonly<Record<string, string>> = {
  S16: "the guard is the version in the lockfile, and its test reads the library that is loaded",
};

const read = (file: string): string => readFileSync(ROOT + file, "utf8");
const map = JSON.parse(read("tests/requirements.json")) as Readonly<Record<string, readonly string[] | string>>;

function complaintsAbout({ id, rows = [], edits, foundBy }: Mutant): string[] {
  const stale = edits
    .filter(({ file, from }) => read(file).split(from).length !== 2)
    .map(({ file, from }) => `${id} no longer applies: ${file} must hold once: ${from}`);
  // A row is met only if its own test fails when the guard is taken out.
  const unmapped = rows.filter((row) => foundBy !== "simulation" && !isMapped(row, foundBy.title));
  return [...stale, ...unmapped.map((row) => `${id}: the test that finds it is not mapped for ${row}`)];
}

function isMapped(row: string, title: string): boolean {
  const tests = map[row];
  return Array.isArray(tests) && tests.some((test: string) => test.endsWith(` › ${title}`));
}

const rows = Object.keys(map).filter((row) => /^[BS]/.test(row) && Array.isArray(map[row]));
const planted = new Set(MUTANTS.flatMap(({ rows: own = [] }) => own).filter((row) => rows.includes(row)));
const missing = rows.filter((row) => !planted.has(row) && !(row in WITHOUT));
const complaints = [
  ...MUTANTS.flatMap(complaintsAbout),
  ...missing.map((row) => `${row}: no planted defect takes its guard out; add one to tests/mutants, or say why not`),
  ...Object.keys(WITHOUT).filter((row) => planted.has(row)),
];
for (const complaint of complaints) process.stdout.write(`${complaint}\n`);
const night = MUTANTS.filter((mutant) => mutant.night === true).length;
const told = `defects planted for ${planted.size} of ${rows.length} S- and B-rows, none for ${Object.keys(WITHOUT).join(", ")}`;
process.stdout.write(`${told}; ${MUTANTS.length} in all, ${night} of them by night\n`);
process.exitCode = complaints.length === 0 ? 0 : 1;
