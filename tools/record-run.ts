// npm run record -- NAME COMMAND…: runs the command and keeps the lines of it that tell figures in docs/evidence.json, with
// commit, date and machine. Lines with figures are those that hold a JSON object, or that say "n seeds"; a lane shows them
// with "told: " in front.
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { arch, cpus, loadavg, platform, totalmem } from "node:os";
import { EVIDENCE_FILE, type RecordedRun, readEvidence } from "./evidence-file.ts";
import { ROOT } from "./root.ts";

const FIGURES = /\{.*:.*\}|^\d+ seeds/;
const TOLD = /^told: /;

const [name, command, ...args] = process.argv.slice(2);
if (name === undefined || command === undefined) {
  process.stderr.write("npm run record -- NAME COMMAND…\n");
  process.exit(2);
}
const child = spawn(command, args, { cwd: ROOT, stdio: ["ignore", "pipe", "inherit"] });
const chunks: Buffer[] = [];
child.stdout.on("data", (chunk: Buffer) => {
  chunks.push(chunk);
  process.stdout.write(chunk);
});
const [code] = (await once(child, "close")) as [number | null];
const figures = Buffer.concat(chunks)
  .toString("utf8")
  .split("\n")
  .map((line) => line.replace(TOLD, ""))
  .filter((line) => FIGURES.test(line));
if (code === 0 && figures.length > 0) {
  const run: RecordedRun = {
    name,
    command: [command, ...args].join(" "),
    commit: execFileSync("git", ["rev-parse", "--short=10", "HEAD"], { cwd: ROOT, encoding: "utf8" }).trim(),
    date: new Date().toISOString().slice(0, 10),
    machine: `${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GB, ${platform()} ${arch()}, Node ${process.versions.node}`,
    load: Math.round((loadavg()[0] ?? 0) * 10) / 10,
    figures,
  };
  const others = readEvidence().filter((one) => one.name !== name);
  writeFileSync(ROOT + EVIDENCE_FILE, `${JSON.stringify([...others, run], null, 2)}\n`);
} else {
  process.stderr.write("nothing was recorded: the command failed, or told no figures\n");
  process.exitCode = 1;
}
