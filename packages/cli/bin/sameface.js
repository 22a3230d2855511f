#!/usr/bin/env node
// In a checkout there is no build: the sources run as they are, under the condition that makes packages name their
// sources. A published package has dist only.
import { existsSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";

const source = fileURLToPath(new URL("../src/main.ts", import.meta.url));
const entry = existsSync(source) ? source : fileURLToPath(new URL("../dist/main.js", import.meta.url));
const [major = 0] = process.versions.node.split(".").map(Number);
// Left alone, V8 gives what lives shortly up to 64 MB, twice, and keeps them: 100 MB of a server's 380. Measured at full
// speed: with 16 MB it has 270, and an eighth of its time goes into copying what still lives; with 8 MB 260, and a quarter.
// A running process cannot ask for less.
const SMALL_NURSERY = "--max-semi-space-size=16";
const flags = [
  ...(entry === source ? ["--conditions=@sameface/source"] : []),
  ...(process.argv[2] === "serve" ? [SMALL_NURSERY] : []),
];

if (major < 24) {
  process.stderr.write(
    `sameface needs Node 24 or newer; this is ${process.versions.node}. Run it by "npx sameface".\n`,
  );
  process.exitCode = 2;
} else if (flags.every((flag) => process.execArgv.includes(flag))) {
  await import(pathToFileURL(entry).href);
} else {
  const { spawn } = await import("node:child_process");
  const args = [...flags, entry, ...process.argv.slice(2)];
  // execve keeps one process, so that signals reach the server itself; Windows has none.
  if (process.platform === "win32") {
    spawn(process.execPath, args, { stdio: "inherit" }).on("exit", (code) => {
      process.exitCode = code ?? 1;
    });
  } else {
    process.execve(process.execPath, [process.execPath, ...args]);
  }
}
