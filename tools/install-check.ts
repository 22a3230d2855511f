// Installs a copy of the tree with npm 10 and npm 11, as a stranger would, and holds both to it: the lockfile stays as it
// is, Node and the models are in place, and onnxruntime-node's install script fetched nothing.
// npm 11 must not start that script at all (allowScripts in package.json); npm 10 has no such list, so there the script
// starts, reads onnxruntime-node-install=skip from .npmrc and ends at once.
import { copyFileSync, existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { ourFiles } from "./files.ts";
import { ROOT } from "./root.ts";
import { spawned } from "./spawned.ts";
import { closingLine } from "./tally.ts";

const SCRIPT_STARTED = /run onnxruntime-node@\S+ (pre|post)?install/;
const FETCHED = /nuget|Downloading|providers_(cuda|tensorrt)/i;

/** A scripts-running npm by its major: what the user's own settings say about scripts must not decide. */
const installWith = (major: number): string[] => [
  "npm",
  "exec",
  "--yes",
  `--package=npm@${major}`,
  "--",
  "npm",
  "ci",
  "--ignore-scripts=false",
  "--foreground-scripts",
  "--loglevel=info",
];

function copyTree(): string {
  const folder = mkdtempSync(join(tmpdir(), "sameface-install-"));
  for (const path of ourFiles()) {
    const target = join(folder, path);
    mkdirSync(dirname(target), { recursive: true });
    copyFileSync(ROOT + path, target);
  }
  return folder;
}

function faults(folder: string, major: number, output: string): string[] {
  const lock = "package-lock.json";
  const same = readFileSync(join(folder, lock), "utf8") === readFileSync(ROOT + lock, "utf8");
  const gpu = globSync("node_modules/onnxruntime-node/bin/**/*providers_{cuda,tensorrt}*", { cwd: folder });
  const models = globSync("packages/engine/models/*.onnx", { cwd: folder });
  return [
    ...(same ? [] : ["the lockfile was changed"]),
    ...(gpu.length === 0 ? [] : [`GPU parts were fetched: ${gpu.join(", ")}`]),
    ...(existsSync(join(folder, "packages/dashboard/dist/pages/index.html")) ? [] : ["the dashboard is not built"]),
    ...(models.length === 6 ? [] : [`${models.length} of 6 models in place`]),
    ...(FETCHED.test(output) ? ["the log tells of a fetch"] : []),
    ...(major >= 11 && SCRIPT_STARTED.test(output) ? ["npm started the script"] : []),
    // Were it not started by npm 10 either, this check would no longer look at what it means to look at.
    ...(major < 11 && !SCRIPT_STARTED.test(output)
      ? ["the log does not show the script: has its format changed?"]
      : []),
  ];
}

async function check(major: number): Promise<boolean> {
  const folder = copyTree();
  try {
    const done = await spawned(installWith(major), { cwd: folder });
    const found = done.code === 0 ? faults(folder, major, done.output) : [`exit ${done.code ?? "by a signal"}`];
    process.stdout.write(
      `npm ${major}: ${found.length === 0 ? "ok" : found.join("; ")} (${(done.ms / 1000).toFixed(1)} s)\n`,
    );
    if (found.length > 0) process.stdout.write(`${done.output.slice(-4000)}\n`);
    return found.length === 0;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const results: boolean[] = [];
for (const major of [10, 11]) results.push(await check(major));
const passed = results.filter((ok) => ok).length;
process.stdout.write(`${closingLine({ passed, failed: results.length - passed, skipped: 0 })}\n`);
process.exitCode = passed === results.length ? 0 : 1;
