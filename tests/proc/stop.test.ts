import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { descendants } from "../support/process-tree.ts";
import { startServerProcess, temporaryFolder } from "../support/server-process.ts";

function isAlive(pid: number): boolean {
  try {
    return !readFileSync(`/proc/${pid}/stat`, "utf8").includes(") Z ");
  } catch {
    return false;
  }
}

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  describe(`a server that gets ${signal}`, () => {
    it("stops within 10 s with exit code 0 and leaves no child", { timeout: 60_000 }, async () => {
      await using folder = await temporaryFolder();
      const server = await startServerProcess({ folder: folder.path });
      const children = descendants(server.process.pid ?? 0);
      assert.ok(children.length >= 2, "the engine's children are there");
      const started = performance.now();
      const ended = await server.stop(signal);
      assert.equal(ended.code, 0, server.output.join("\n"));
      assert.ok(performance.now() - started < 10_000);
      assert.deepEqual(children.filter(isAlive), []);
    });
  });
}

describe("a second server on the same data folder", () => {
  it("refuses to start, exits non-zero and names the folder", { timeout: 60_000 }, async () => {
    await using folder = await temporaryFolder();
    const first = await startServerProcess({ folder: folder.path });
    await assert.rejects(startServerProcess({ folder: folder.path }), (error: Error) => {
      assert.match(error.message, new RegExp(folder.path));
      return true;
    });
    await first.stop();
  });

  it("gets in at once after the first was killed", { timeout: 60_000 }, async () => {
    await using folder = await temporaryFolder();
    const first = await startServerProcess({ folder: folder.path, key: "k".repeat(40) });
    await first.stop("SIGKILL");
    const second = await startServerProcess({ folder: folder.path, key: "k".repeat(40) });
    assert.equal((await second.call("/readyz")).status, 200);
    await second.stop();
  });
});

describe("a killed server", () => {
  it("leaves no engine child behind", { timeout: 60_000 }, async () => {
    await using folder = await temporaryFolder();
    const server = await startServerProcess({ folder: folder.path });
    const children = descendants(server.process.pid ?? 0);
    await server.stop("SIGKILL");
    // `tail --pid` returns when the process is gone: an event, not a wait.
    for (const child of children)
      execFileSync("tail", ["--pid", String(child), "-f", "/dev/null"], { timeout: 10_000 });
    assert.deepEqual(children.filter(isAlive), []);
  });
});
