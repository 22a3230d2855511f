import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { createInterface } from "node:readline";
import { describe, it } from "node:test";

const REPOSITORY = path.resolve(import.meta.dirname, "..");

function blocksOf(guide: string): readonly string[] {
  const text = readFileSync(path.join(REPOSITORY, "docs/guides", guide), "utf8");
  return [...text.matchAll(/^ *```sh\n(.*?)^ *```$/gms)].map((block) => block[1] ?? "");
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe("the guide to the first webhook", () => {
  it("has commands that work as they stand: a receiver, two samples, and a certificate", {
    timeout: 120_000,
  }, async () => {
    const [receive = "", send = "", certify = ""] = blocksOf("first-webhook.md");
    const port = String(await freePort());
    // One shell, as a reader has: the secret that it exports is that of the commands after it.
    const script = `${receive.trimEnd()} &\nwhile read -r line; do\n${send}\n${certify}\necho "certified $?"\ndone`;
    const shell = spawn("bash", ["-c", script.replaceAll("3000", port)], { cwd: REPOSITORY, detached: true });
    const lines: string[] = [];
    const stdout = createInterface({ input: shell.stdout });
    const ended = once(shell, "exit");
    for await (const line of stdout) {
      lines.push(line);
      if (line.startsWith("listening on")) shell.stdin.end("go\n");
      if (line.startsWith("certified")) break;
    }
    // The receiver is the shell's child: both go.
    process.kill(-(shell.pid ?? 0));
    await ended;
    const said = lines.join("\n");
    assert.match(said, /^\S+ passed$/m);
    assert.match(said, /^\S+ spoof$/m);
    assert.match(said, /^certified 0$/m);
  });
});
