import { relative } from "node:path";
import { run } from "node:test";
import { inspect } from "node:util";
import { ROOT } from "./root.ts";
import type { Tally } from "./tally.ts";

/** Coverage of one file, by its path from the root. */
export interface FileCoverage {
  readonly path: string;
  readonly lines: { readonly total: number; readonly covered: number; readonly missed: readonly number[] };
  readonly branches: { readonly total: number; readonly covered: number; readonly missed: readonly number[] };
}

/** Tests of one file that did not run for one reason; `cases` is what they stand for. */
export interface Skipped {
  readonly file: string;
  readonly reason: string;
  readonly cases: number;
}

/** What came of a run. */
export interface TestRun {
  readonly tally: Tally;
  /** How long each file took, the start of its process included; longest first. */
  readonly times: readonly { readonly file: string; readonly ms: number }[];
  readonly skips: readonly Skipped[];
  readonly coverage: readonly FileCoverage[];
}

/** How to run; `write` gets everything meant for people. */
export interface TestRunOptions {
  readonly concurrency: number;
  readonly timeoutMs: number;
  readonly coverage: boolean;
  readonly titlePattern?: string;
  readonly write: (text: string) => void;
}

type TestEvents = ReturnType<typeof run>;
/** The members of node:test's events that are used here. */
interface Ended {
  readonly name: string;
  readonly nesting: number;
  readonly file?: string | undefined;
  readonly line?: number | undefined;
  readonly skip?: string | boolean | undefined;
  readonly todo?: string | boolean | undefined;
  readonly details: { readonly type?: string; readonly error?: Error };
}

/** Mutable while the run lasts, owned by {@link runTests}. */
interface Book {
  passed: number;
  failed: number;
  readonly skips: Skipped[];
  readonly coverage: FileCoverage[];
  readonly times: { readonly file: string; readonly ms: number }[];
  /** What test files printed; shown where one of their tests fails. */
  readonly printed: Map<string, string>;
  readonly shown: Set<string>;
  readonly write: (text: string) => void;
}

function openBook(write: Book["write"]): Book {
  const lists = { skips: [], coverage: [], times: [] };
  return { passed: 0, failed: 0, ...lists, printed: new Map(), shown: new Set(), write };
}

const fromRoot = (path: string | undefined): string => (path === undefined ? "?" : relative(ROOT, path));

/**
 * A reason that says how much is missing ("corpora/x missing, 318 cases") speaks for all tests of the file that give it;
 * any other stands for the one test.
 */
function noteSkip(book: Book, file: string, reason: string): void {
  const said = /(\d[\d,]*) cases\b/.exec(reason)?.[1];
  const cases = said === undefined ? 1 : Number(said.replaceAll(",", ""));
  const index = book.skips.findIndex((skip) => skip.file === file && skip.reason === reason);
  const before = book.skips[index];
  if (before === undefined) book.skips.push({ file, reason, cases });
  else if (said === undefined) book.skips[index] = { ...before, cases: before.cases + 1 };
}

function fail(book: Book, event: Ended, why: string): void {
  book.failed += 1;
  const place = event.line === undefined ? fromRoot(event.file) : `${fromRoot(event.file)}:${event.line}`;
  book.write(`\n✖ ${event.name}\n  ${place}\n${why.replaceAll(/^/gm, "  ")}\n`);
  const printed = event.file === undefined ? undefined : book.printed.get(event.file);
  if (event.file === undefined || printed === undefined || book.shown.has(event.file)) return;
  book.shown.add(event.file);
  book.write(`  printed by the file so far:\n${printed.slice(-8000).replaceAll(/^/gm, "  | ")}\n`);
}

/** Whether the event is the file itself, which node:test reports when it could not load it or found no test in it. */
function isFile(event: Ended): boolean {
  return (
    event.nesting === 0 &&
    event.file !== undefined &&
    fromRoot(event.name).replaceAll("\\", "/") === fromRoot(event.file)
  );
}

function onPass(book: Book, event: Ended): void {
  if (typeof event.skip === "string" || event.skip === true) {
    const reason = typeof event.skip === "string" && event.skip !== "" ? event.skip : "no reason given";
    noteSkip(book, fromRoot(event.file), reason);
    return;
  }
  if (event.todo !== undefined && event.todo !== false) {
    fail(book, event, "a test marked as to do proves nothing");
    return;
  }
  if (isFile(event)) {
    fail(book, event, "no test in this file");
    return;
  }
  if (event.details.type !== "suite") book.passed += 1;
}

function onFail(book: Book, event: Ended): void {
  const error = event.details.error;
  const code = error !== undefined && "failureType" in error ? error.failureType : undefined;
  // A suite fails because a test in it failed, and that test is counted; only its own hooks are news.
  if (event.details.type === "suite" && code === "subtestsFailed") return;
  fail(book, event, inspect(error?.cause ?? error, { depth: 4 }));
}

function missedLines(of: readonly { readonly line: number; readonly count: number }[]): number[] {
  return [...new Set(of.filter((entry) => entry.count === 0).map((entry) => entry.line))];
}

function listenForPrints(events: TestEvents, book: Book): void {
  const keep = (event: { readonly file?: string | undefined; readonly message: string }): void => {
    const file = event.file ?? "";
    book.printed.set(file, (book.printed.get(file) ?? "") + event.message);
    for (const line of event.message.split("\n")) if (/^(?:skipped|told):/.test(line)) book.write(`${line}\n`);
  };
  events.on("test:stdout", keep);
  events.on("test:stderr", keep);
}

function listenForCoverage(events: TestEvents, book: Book): void {
  events.on("test:coverage", ({ summary }) => {
    for (const file of summary.files) {
      book.coverage.push({
        path: fromRoot(file.path),
        lines: { total: file.totalLineCount, covered: file.coveredLineCount, missed: missedLines(file.lines) },
        branches: {
          total: file.totalBranchCount,
          covered: file.coveredBranchCount,
          missed: missedLines(file.branches),
        },
      });
    }
  });
}

function listenForTimes(events: TestEvents, book: Book): void {
  // Told of a file too, unlike its passing.
  events.on("test:complete", (event) => {
    if (isFile(event)) book.times.push({ file: fromRoot(event.file), ms: event.details.duration_ms });
  });
}

/** Runs test files, each in a process of its own, and tells failures as they come. */
export async function runTests(files: readonly string[], options: TestRunOptions): Promise<TestRun> {
  const book = openBook(options.write);
  const events = run({
    files: files.map((file) => ROOT + file),
    cwd: ROOT,
    concurrency: options.concurrency,
    timeout: options.timeoutMs,
    execArgv: ["--conditions=@sameface/source"],
    ...(options.titlePattern === undefined ? {} : { testNamePatterns: options.titlePattern }),
    ...(options.coverage
      ? {
          coverage: true,
          coverageIncludeGlobs: ["packages/*/src/**/*.ts"],
          coverageExcludeGlobs: ["**/*.{test,fixture,conformance}.ts", "**/fixtures/**"],
        }
      : {}),
  });
  events.on("test:pass", (event) => {
    onPass(book, event);
  });
  events.on("test:fail", (event) => {
    onFail(book, event);
  });
  listenForTimes(events, book);
  listenForPrints(events, book);
  listenForCoverage(events, book);
  // The stream has to be read to its end for the run to end.
  await events.forEach(() => undefined);
  const skipped = book.skips.reduce((sum, skip) => sum + skip.cases, 0);
  return {
    tally: { passed: book.passed, failed: book.failed, skipped },
    times: book.times.toSorted((a, b) => b.ms - a.ms),
    skips: book.skips,
    coverage: book.coverage,
  };
}
