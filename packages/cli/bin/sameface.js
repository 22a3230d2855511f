#!/usr/bin/env node
// In a checkout there is no build: the sources run as they are, under the condition that makes packages name their
// sources. A published package has dist only.
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const source = fileURLToPath(new URL("../src/main.ts", import.meta.url));
const [major = 0] = process.versions.node.split(".").map(Number);

if (major < 24) {
  process.stderr.write(
    `sameface needs Node 24 or newer; this is ${process.versions.node}. Run it by "npx sameface".\n`,
  );
  process.exitCode = 2;
} else if (!existsSync(source) || process.execArgv.includes("--conditions=@sameface/source")) {
  await import(existsSync(source) ? source : new URL("../dist/main.js", import.meta.url).href);
} else {
  const { spawn } = await import("node:child_process");
  const args = ["--conditions=@sameface/source", source, ...process.argv.slice(2)];
  // execve keeps one process, so that signals reach the server itself; Windows has none.
  if (process.platform === "win32") {
    spawn(process.execPath, args, { stdio: "inherit" }).on("exit", (code) => {
      process.exitCode = code ?? 1;
    });
  } else {
    process.execve(process.execPath, [process.execPath, ...args]);
  }
}
