import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createReadStream } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import { describe, it } from "node:test";
import { temporaryFolder } from "../support/server-process.ts";

const MAIN = path.resolve(import.meta.dirname, "../../packages/cli/src/main.ts");
/** A pipe holds 64 KB, the server a megabyte: twice as many lines of 200 bytes and more fill both. */
const CALLS = 3_000;

describe("a log that nobody reads", () => {
  it("holds no request up, and says what was dropped once somebody reads", { timeout: 120_000 }, async () => {
    await using folder = await temporaryFolder();
    const key = randomBytes(32).toString("hex");
    const pipe = `${folder.path}.log`;
    // Open at both ends, so that it has a reader, who never reads. Node's own child pipes are sockets.
    const command = 'mkfifo "$0" && exec "$@" 2<>"$0"';
    const args = [pipe, process.execPath, "--conditions=@sameface/source", MAIN, "serve"];
    const server = spawn("bash", ["-c", command, ...args], {
      env: {
        PATH: process.env["PATH"] ?? "",
        SAMEFACE_PORT: "0",
        SAMEFACE_DATA: folder.path,
        SAMEFACE_ADMIN_KEY: key,
        SAMEFACE_ENGINE_PROCESSES: "1",
      },
      stdio: ["ignore", "pipe", "inherit"],
    });
    const url = await new Promise<string>((resolve) => {
      createInterface({ input: server.stdout }).on("line", (line) => {
        const found = /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0];
        if (found !== undefined) resolve(found);
      });
    });
    const times: number[] = [];
    for (let n = 0; n < 2 * CALLS; n += 1) {
      const startedMs = performance.now();
      const answer = await fetch(`${url}/v1/keys`, { headers: { authorization: `Bearer ${key}` } });
      await answer.arrayBuffer();
      assert.equal(answer.status, 200);
      times.push(performance.now() - startedMs);
    }
    const p99 = (from: number): number =>
      times.slice(from, from + CALLS).toSorted((a, b) => a - b)[Math.ceil(CALLS * 0.99) - 1] ?? 0;
    // The first ones warm the server up. With a pipe that is waited for, the second half would never end.
    assert.ok(p99(CALLS) <= 2 * p99(0), `${p99(CALLS)} ms, after ${p99(0)} ms`);
    const exited = once(server, "exit");
    server.kill();
    const lines: string[] = [];
    for await (const line of createInterface({ input: createReadStream(pipe) })) lines.push(line);
    await exited;
    // Whole lines only, and those of the beginning are there.
    const entries = lines
      .filter((line) => line.startsWith("{"))
      .map((line) => JSON.parse(line) as { message: string; count?: number });
    const answered = entries.filter(({ message }) => message === "answered");
    const dropped = entries.find(({ message }) => message.includes("dropped"))?.count ?? 0;
    // At most the last line of all was cut off by the end of the process.
    assert.ok(answered.length > 1_000 && dropped > 0, `${answered.length} lines, ${dropped} dropped`);
    assert.ok(answered.length + dropped >= 2 * CALLS, `${answered.length} lines, ${dropped} dropped`);
  });
});
