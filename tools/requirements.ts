// Says how far tests/requirements.json covers the rows of the reliability document, and refuses a map that lies.
// `--add "F28: tests/proc/pause.test.ts › title"` adds tests (several may be given, or lines on standard input with `-`).
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { addTest, judgeMap, type RequirementsMap } from "./requirements-map.ts";
import { ROOT } from "./root.ts";
import { type TestTitle, testTitles } from "./test-titles.ts";

const PATH = `${ROOT}tests/requirements.json`;

function parseMap(text: string): RequirementsMap {
  const value: unknown = JSON.parse(text);
  if (typeof value !== "object" || value === null) throw new Error("tests/requirements.json: not an object");
  const entries: [string, unknown][] = Object.entries(value);
  return Object.fromEntries(entries.map(([row, entry]) => [row, parseRow(row, entry)]));
}

function parseRow(row: string, entry: unknown): string | string[] {
  if (typeof entry === "string") return entry;
  const ids: unknown[] = Array.isArray(entry) ? entry : [undefined];
  return ids.map((id) => {
    if (typeof id === "string") return id;
    throw new Error(`tests/requirements.json: ${row} is neither a text nor a list of texts`);
  });
}

function testsOf(path: string): readonly TestTitle[] | null {
  return /\.(test|conformance)\.ts$/.test(path) && existsSync(ROOT + path)
    ? testTitles(readFileSync(ROOT + path, "utf8"))
    : null;
}

function additions(given: readonly string[]): { row: string; test: string }[] {
  const lines = given.flatMap((text) => (text === "-" ? readFileSync(0, "utf8").split("\n") : [text]));
  return lines
    .map((line) => line.trim().replace(/^ROW: /, ""))
    .filter((line) => line !== "")
    .flatMap((line) => {
      const match = /^((?:[FKIBS]\d+(?:, ?)?)+): (.+)$/.exec(line);
      if (match?.[1] === undefined || match[2] === undefined) throw new Error(`not “ROW: path › title”: ${line}`);
      const test = match[2];
      return match[1].split(/, ?/).map((row) => ({ row, test }));
    });
}

function main(): number {
  const { values } = parseArgs({
    options: { check: { type: "boolean", default: false }, add: { type: "string", multiple: true, default: [] } },
  });
  let map = parseMap(readFileSync(PATH, "utf8"));
  for (const { row, test } of additions(values.add)) map = addTest(map, row, test);
  const complaints = judgeMap(map, testsOf);
  if (values.add.length > 0 && complaints.length === 0) writeFileSync(PATH, `${JSON.stringify(map, null, 2)}\n`);
  for (const complaint of complaints) process.stdout.write(`${complaint}\n`);
  const planned = Object.values(map).filter((value) => typeof value === "string").length;
  const all = Object.keys(map).length;
  process.stdout.write(`mapped ${all - planned} of ${all}, planned ${planned}\n`);
  return complaints.length === 0 ? 0 : 1;
}

process.exitCode = main();
