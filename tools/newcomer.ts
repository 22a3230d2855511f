// npm run newcomer: from an empty folder to the first verified notification with the README's own commands, downloads
// included (npm's cache is empty, too). Prints the seconds of each step as one JSON line.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { ROOT } from "./root.ts";

/** What the demo prints for each notification that its receiver got and verified. */
const VERIFIED = /verified/;

/** The commands of the README's first block, without the server that stays. */
function commandsOfReadme(): string[] {
  const block = /^```sh\n(.*?)^```$/ms.exec(readFileSync(`${ROOT}README.md`, "utf8"))?.[1] ?? "";
  return block.split("\n").filter((line) => line !== "" && line !== "npm start");
}

interface Step {
  readonly seconds: number;
  /** Seconds until a line told of a verified notification; `null`: none did. */
  readonly verifiedAfter: number | null;
}

async function run(command: string, options: { readonly cwd: string; readonly cache: string }): Promise<Step> {
  const started = performance.now();
  const seconds = (): number => Math.round((performance.now() - started) / 100) / 10;
  // As a stranger's shell: nothing of the npm that started this.
  const { PATH = "", HOME = "" } = process.env;
  const path = PATH.split(":").filter((folder) => !folder.startsWith(ROOT) && !folder.includes("node-gyp-bin"));
  const env = { PATH: path.join(":"), HOME, npm_config_cache: options.cache };
  const child = spawn("bash", ["-c", command], { cwd: options.cwd, env, stdio: ["ignore", "pipe", "inherit"] });
  let verifiedAfter: number | null = null;
  createInterface({ input: child.stdout }).on("line", (line) => {
    if (VERIFIED.test(line)) verifiedAfter ??= seconds();
  });
  const [code] = (await once(child, "close")) as [number | null];
  if (code !== 0) throw new Error(`${command} ended with ${code ?? "a signal"}`);
  return { seconds: seconds(), verifiedAfter };
}

const folder = mkdtempSync(join(tmpdir(), "sameface-newcomer-"));
try {
  const cache = join(folder, "cache");
  const steps: Record<string, number> = {};
  let total = 0;
  let first: number | null = null;
  const clone = `git clone --quiet ${ROOT} sameface`;
  for (const command of [clone, ...commandsOfReadme()]) {
    const cwd = command === clone ? folder : join(folder, "sameface");
    const { seconds, verifiedAfter } = await run(command, { cwd, cache });
    steps[command === clone ? "git clone" : command] = seconds;
    if (verifiedAfter !== null) first ??= total + verifiedAfter;
    total += seconds;
  }
  if (first === null) throw new Error("no notification was verified");
  const told = { firstVerifiedSeconds: Math.round(first * 10) / 10, totalSeconds: Math.round(total * 10) / 10, steps };
  process.stdout.write(`${JSON.stringify(told)}\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
