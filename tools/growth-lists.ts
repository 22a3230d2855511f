// Lists that grow stand in several places by nature (a folder, package exports, examples): here they must agree.
import { existsSync, globSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { ROOT } from "./root.ts";

const RECEIVER = "packages/receiver/";

function names(glob: string): string[] {
  return globSync(glob, { cwd: ROOT })
    .filter((path) => !path.endsWith(".test.ts"))
    .map((path) => basename(path, ".ts"))
    .sort();
}

function exportedAdapters(): string[] {
  const parsed: unknown = JSON.parse(readFileSync(`${ROOT}${RECEIVER}package.json`, "utf8"));
  if (typeof parsed !== "object" || parsed === null || !("exports" in parsed)) return [];
  const { exports } = parsed;
  if (typeof exports !== "object" || exports === null) return [];
  const sources = JSON.stringify(exports).matchAll(/\.\/src\/adapters\/([a-z-]+)\.ts/g);
  return [...sources].map((match) => match[1] ?? "").sort();
}

function disagreements(): string[] {
  const adapters = names(`${RECEIVER}src/adapters/*.ts`).filter((name) => name !== "index");
  const exported = exportedAdapters();
  return [
    ...adapters
      .filter((name) => !exported.includes(name))
      .map((name) => `adapter ${name}: no entry in exports of ${RECEIVER}package.json`),
    ...exported
      .filter((name) => !adapters.includes(name))
      .map((name) => `exports of ${RECEIVER}package.json: no file adapters/${name}.ts`),
    ...adapters
      .filter((name) => !existsSync(`${ROOT}examples/${name}.ts`))
      .map((name) => `adapter ${name}: no examples/${name}.ts`),
    ...names("examples/*.ts")
      .filter((name) => !adapters.includes(name))
      .map((name) => `examples/${name}.ts: no adapter of this name`),
  ];
}

const complaints = disagreements();
for (const complaint of complaints) process.stdout.write(`${complaint}\n`);
process.stdout.write(`adapters, exports and examples: ${complaints.length} disagreements\n`);
process.exitCode = complaints.length === 0 ? 0 : 1;
