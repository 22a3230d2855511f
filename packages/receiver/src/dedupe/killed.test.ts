import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { signed } from "../signed.fixture.ts";
import type { KilledInput } from "./killed.fixture.ts";
import { service } from "./service.fixture.ts";

const PROGRAM = fileURLToPath(new URL("./killed.fixture.ts", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "sameface-receiver-"));
const postgres = service("SAMEFACE_TEST_POSTGRES_URL", 2);
const redis = service("SAMEFACE_TEST_REDIS_URL", 2);
const PLACES = [
  { driver: "SQLite by node:sqlite", url: join(folder, "received.sqlite"), skip: false },
  { driver: "PostgreSQL by pg", ...postgres },
  { driver: "Redis by node-redis", ...redis },
] as const;

after(() => {
  rmSync(folder, { recursive: true });
});

/** Runs the process to its end, or kills it with -9 after its handler began. */
async function run(input: KilledInput): Promise<string[]> {
  const args = ["--conditions=@sameface/source", PROGRAM, JSON.stringify(input)];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  const exited = once(child, "exit");
  const lines: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(line);
    const begun = lines.includes("handling") && (input.acknowledge === "handled" || lines.some(isAnswer));
    if (input.hang && begun) child.kill("SIGKILL");
  }
  await exited;
  return lines;
}

function isAnswer(line: string): boolean {
  return line.startsWith("answered");
}

async function requestOf(): Promise<NonNullable<KilledInput["request"]>> {
  const { headers, body } = await signed({ atSeconds: Math.floor(Date.now() / 1000) });
  return { headers, bodyBase64: Buffer.from(body).toString("base64") };
}

for (const { driver, url: place, skip } of PLACES) {
  describe(`a receiver killed with -9, ${driver}`, { skip }, () => {
    it("between handling and marking: the sender's retry runs the handler again, and the next finds it done", async () => {
      const name = `t${randomBytes(8).toString("hex")}`;
      const input = { driver, place, name, acknowledge: "handled", request: await requestOf() } as const;
      assert.deepEqual(await run({ ...input, hang: true }), ["handling"]);
      const again = await run({ ...input, hang: false });
      assert.deepEqual(
        again.filter((line) => line !== "answered 409 running"),
        ["handling", "answered 204 handled"],
      );
      assert.deepEqual(await run({ ...input, hang: false }), ["answered 204 duplicate"]);
    });

    it("after it answered and before it marked: the next process handles what was stored, once", async () => {
      const name = `t${randomBytes(8).toString("hex")}`;
      const input = { driver, place, name, acknowledge: "stored" } as const;
      const request = await requestOf();
      const lines = await run({ ...input, hang: true, request });
      assert.deepEqual(lines.toSorted(), ["answered 204 accepted", "handling"]);
      assert.deepEqual(await run({ ...input, hang: false }), ["handling", "drained"]);
      assert.deepEqual(await run({ ...input, hang: false, request }), ["answered 204 duplicate"]);
    });
  });
}
