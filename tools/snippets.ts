// Blocks of every page: each says its language and is good in it; options of sameface commands exist; what imports a package compiles.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { parseAllDocuments } from "yaml";
import { runProgram } from "../packages/cli/src/program.ts";
import { keptTerminal } from "../packages/cli/src/terminal.fixture.ts";
import { ourFiles } from "./files.ts";
import { withoutCode } from "./markdown-page.ts";
import { callsOf, type ShownCall, type Snippet, snippetsOf } from "./page-snippets.ts";
import { ROOT } from "./root.ts";

/** What is wrong with a block in its language; `null`: nothing. */
const JUDGES: Readonly<Record<string, (text: string) => string | null>> = {
  "": () => null, // what a program printed
  html: () => null, // shown in a browser by tests/web/capture.test.ts
  json: (text) => faultOfThrowing(() => JSON.parse(text)),
  yaml: (text) => parseAllDocuments(text).flatMap((document) => document.errors)[0]?.message ?? null,
  sh: (text) => faultOfThrowing(() => execFileSync("bash", ["-n"], { input: text, stdio: ["pipe", "ignore", "pipe"] })),
  ts: (text) => (/^import .* from "@sameface\//m.test(text) ? null : faultOfSyntax(text)),
};

function faultOfThrowing(work: () => unknown): string | null {
  try {
    work();
    return null;
  } catch (error) {
    return error instanceof Error ? error.message.trim() : String(error);
  }
}

function faultOfSyntax(text: string): string | null {
  const { diagnostics = [] } = ts.transpileModule(text, { reportDiagnostics: true });
  return diagnostics[0] === undefined ? null : ts.flattenDiagnosticMessageText(diagnostics[0].messageText, " ");
}

/** Whole programs are compiled where they stand, as a stranger's would be. */
function faultsOfPrograms(programs: ReadonlyMap<string, string>): string[] {
  const { config } = ts.readConfigFile(`${ROOT}tsconfig.base.json`, (path) => ts.sys.readFile(path)) as {
    config: { compilerOptions: object };
  };
  // An example may import more than it shows.
  const wanted = { ...config.compilerOptions, noEmit: true, noUnusedLocals: false };
  const { options } = ts.convertCompilerOptionsFromJson(wanted, ROOT);
  const disk = ts.createCompilerHost(options);
  const host: ts.CompilerHost = {
    ...disk,
    readFile: (path) => programs.get(path) ?? disk.readFile(path),
    fileExists: (path) => programs.has(path) || disk.fileExists(path),
    getSourceFile: (path, target) => {
      const text = programs.get(path);
      return text === undefined ? disk.getSourceFile(path, target) : ts.createSourceFile(path, text, target);
    },
  };
  const program = ts.createProgram([...programs.keys()], options, host);
  return [...programs.keys()].flatMap((path) => {
    const file = program.getSourceFile(path);
    const found = [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)];
    return found.map((one) => `${path.slice(ROOT.length)}: ${ts.flattenDiagnosticMessageText(one.messageText, " ")}`);
  });
}

async function faultsOfCall({ words, options }: ShownCall): Promise<string[]> {
  const terminal = keptTerminal();
  await runProgram(terminal, [...words, "--help"]);
  // Options of every command stand in the help of the whole.
  await runProgram(terminal, ["--help"]);
  const help = terminal.lines.join("\n");
  return options
    .filter((option) => !new RegExp(`(^|[ ,])${option}\\b`, "m").test(help))
    .map((option) => `sameface ${words.join(" ")} has no option ${option}`);
}

/** Calls in blocks, indented ones too, and between backticks. */
function shellOf(markdown: string, snippets: readonly Snippet[]): string {
  const inline = [...markdown.matchAll(/`([^`\n]+)`/g)].map(([, code]) => code);
  const indented = withoutCode(markdown).matchAll(/^ {4}(\S.*)$/gm);
  const blocks = snippets.filter((snippet) => snippet.language === "sh").map((snippet) => snippet.text);
  return [...blocks, ...inline, ...[...indented].map(([, line]) => line)].join("\n");
}

const complaints: string[] = [];
const programs = new Map<string, string>();
let count = 0;
for (const page of ourFiles("*.md")) {
  const markdown = readFileSync(ROOT + page, "utf8");
  const snippets = snippetsOf(markdown);
  count += snippets.length;
  for (const { language, text, line } of snippets) {
    const judge = JUDGES[language];
    const fault = judge === undefined ? `no judge for ${language}: tools/snippets.ts` : judge(text);
    if (fault !== null) complaints.push(`${page}:${line}: ${fault}`);
    if (language === "ts" && text.includes('from "@sameface/')) programs.set(join(ROOT, `${page}.${line}.ts`), text);
  }
  for (const call of callsOf(shellOf(markdown, snippets)))
    complaints.push(...(await faultsOfCall(call)).map((fault) => `${page}: ${fault}`));
}
complaints.push(...faultsOfPrograms(programs));
for (const complaint of complaints) process.stdout.write(`${complaint}\n`);
process.stdout.write(`${count} blocks, ${programs.size} compiled, ${complaints.length} refused\n`);
process.exitCode = complaints.length === 0 ? 0 : 1;
