import type { TestTitle } from "./test-titles.ts";

/** Rows of the reliability document: letter and how many. */
const ROWS = { F: 50, K: 12, I: 9, B: 29, S: 40 } as const;

/** Counts how often it met a row, and fails for one that it hardly met. */
const SIMULATION = "packages/server/src/proof/sim/seeds.sim.test.ts";

/** A test that proves more rows than this proves none of them in particular. */
const MOST_ROWS_PER_TEST = 6;

/** Row id → test ids (`path › title`, `sim:F21`), or `planned: <subject of the issue that brings it>`. */
export type RequirementsMap = Readonly<Record<string, readonly string[] | string>>;

/** All 140 ids in the order of the document. */
export function rowIds(): string[] {
  return Object.entries(ROWS).flatMap(([letter, count]) =>
    Array.from({ length: count }, (_, index) => `${letter}${index + 1}`),
  );
}

/** The tests of a file by its path from the root; `null` where there is no such file. */
export type TestsOf = (path: string) => readonly TestTitle[] | null;

function complaintAboutTest(id: string, testsOf: TestsOf): string | null {
  if (/^sim:[FKIBS]\d+$/.test(id)) return testsOf(SIMULATION) === null ? "there is no simulation yet" : null;
  const [path, title, ...more] = id.split(" › ");
  if (path === undefined || title === undefined || more.length > 0) return "not of the form “path › title”";
  const tests = testsOf(path);
  if (tests === null) return "no such test file";
  const same = tests.filter((test) => test.title === title);
  if (same.length !== 1) return same.length === 0 ? "no test of this title in the file" : "several tests of this title";
  return same[0]?.marked === true ? "marked skip, todo or only" : null;
}

function complaintsAboutRow(row: string, value: readonly string[] | string, testsOf: TestsOf): string[] {
  if (typeof value === "string") {
    return /^planned: \S/.test(value)
      ? []
      : [`${row}: a text must be “planned: <subject of the issue that brings it>”`];
  }
  if (value.length === 0) return [`${row}: an empty list proves nothing`];
  return value.flatMap((id) => {
    const complaint = complaintAboutTest(id, testsOf);
    return complaint === null ? [] : [`${row}: ${id}: ${complaint}`];
  });
}

function overused(map: RequirementsMap): string[] {
  const all = Object.values(map).flatMap((value) => (typeof value === "string" ? [] : [...new Set(value)]));
  return [...new Set(all)].flatMap((id) => {
    const rows = all.filter((other) => other === id).length;
    return rows <= MOST_ROWS_PER_TEST ? [] : [`${id}: under ${rows} rows, at most ${MOST_ROWS_PER_TEST}`];
  });
}

/** What is wrong with the map; empty: nothing. */
export function judgeMap(map: RequirementsMap, testsOf: TestsOf): string[] {
  const ids = rowIds();
  return [
    ...ids.filter((id) => !(id in map)).map((id) => `${id}: not in the map`),
    ...Object.keys(map)
      .filter((key) => !ids.includes(key))
      .map((key) => `${key}: no such row`),
    ...Object.entries(map).flatMap(([row, value]) => complaintsAboutRow(row, value, testsOf)),
    ...overused(map),
  ];
}

/** The map with a test added to a row; a row that was planned is planned no more. Keys stand in the document's order. */
export function addTest(map: RequirementsMap, row: string, test: string): RequirementsMap {
  const before = map[row];
  const tests = before === undefined || typeof before === "string" ? [] : before;
  const changed: RequirementsMap = { ...map, [row]: [...new Set([...tests, test])] };
  const ids = rowIds().filter((id) => id in changed);
  return Object.fromEntries(ids.map((id) => [id, changed[id] ?? []]));
}
