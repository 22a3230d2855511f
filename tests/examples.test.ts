import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { after, before, describe, it } from "node:test";
import { promisify } from "node:util";
import { generateSecret, newId, parseSigningKey, sign } from "@sameface/contract";

const REPOSITORY = path.resolve(import.meta.dirname, "..");
const PAYLOADS = path.join(REPOSITORY, "packages/contract/payloads");
const SOURCE = "--conditions=@sameface/source";
const random = { bytes: (length: number): Uint8Array => randomBytes(length) };
const secret = generateSecret(random);
const goldenFiles = readdirSync(PAYLOADS).filter((file) => file.endsWith(".json"));
const examples = [
  ...readdirSync(path.join(REPOSITORY, "examples")).filter((file) => file.endsWith(".ts")),
  "python/receiver.py",
];

/** The command line of an example, whatever language it is in. */
function commandOf(file: string): readonly [string, ...string[]] {
  const script = path.join(REPOSITORY, "examples", file);
  // -B: it leaves no compiled file in the tree.
  return file.endsWith(".py") ? ["python3", "-B", script] : [process.execPath, SOURCE, script];
}

/** A running example. */
interface Example {
  readonly url: string;
  /** What its handlers printed. */
  readonly lines: readonly string[];
  /** Resolves when a line begins so. */
  printed(start: string): Promise<void>;
  stop(): Promise<void>;
}

async function startExample(file: string): Promise<Example> {
  const folder = await mkdtemp(path.join(tmpdir(), "sameface-example-"));
  const [command, ...args] = commandOf(file);
  const child = spawn(command, args, {
    cwd: folder,
    env: { PATH: process.env["PATH"] ?? "", SAMEFACE_WEBHOOK_SECRET: secret, PORT: "0" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const lines: string[] = [];
  const stdout = createInterface({ input: child.stdout }).on("line", (line) => lines.push(line));
  createInterface({ input: child.stderr }).on("line", (line) => lines.push(line));
  const ended = once(child, "exit").then(() => assert.fail(`${file} ended:\n${lines.join("\n")}`));
  ended.catch(() => undefined); // it also ends at `stop`
  const printed = async (start: string): Promise<void> => {
    while (!lines.some((line) => line.startsWith(start))) await Promise.race([once(stdout, "line"), ended]);
  };
  const stop = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) {
      const exited = once(child, "exit");
      child.kill();
      await exited;
    }
    await rm(folder, { recursive: true });
  };
  try {
    await printed("listening on ");
    const url = /http:\/\/127\.0\.0\.1:\d+$/.exec(lines.find((line) => line.startsWith("listening on ")) ?? "")?.[0];
    assert.ok(url !== undefined);
    return { url, lines, printed, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function send(url: string, id: string, options: { file?: string; key?: string } = {}): Promise<number> {
  const body = readFileSync(path.join(PAYLOADS, options.file ?? "passed.json"));
  const timestampSeconds = Math.floor(Date.now() / 1000);
  const signature = await sign({ id, timestampSeconds, body, keys: [parseSigningKey(options.key ?? secret)] });
  const headers = {
    "content-type": "application/json",
    "webhook-id": id,
    "webhook-timestamp": String(timestampSeconds),
    "webhook-signature": signature,
  };
  const response = await fetch(`${url}/webhooks`, { method: "POST", headers, body });
  await response.arrayBuffer();
  return response.status;
}

async function trigger(url: string, sample: string): Promise<{ readonly status: number; readonly id: string }> {
  const cli = path.join(REPOSITORY, "packages/cli/src/main.ts");
  const args = [SOURCE, cli, "trigger", sample, "--unmarked", "--json", "--to", url];
  const env = { PATH: process.env["PATH"] ?? "", SAMEFACE_WEBHOOK_SECRET: secret };
  const { stdout } = await promisify(execFile)(process.execPath, args, { env });
  return JSON.parse(stdout) as { status: number; id: string };
}

/** What `sameface certify` flags, one line each. */
async function certify(url: string): Promise<readonly string[]> {
  const cli = path.join(REPOSITORY, "packages/cli/src/main.ts");
  const env = { PATH: process.env["PATH"] ?? "", SAMEFACE_WEBHOOK_SECRET: secret };
  const args = [SOURCE, cli, "certify", "--json", url];
  // It ends with 1 where something failed, which is told by its report.
  const { stdout } = await promisify(execFile)(process.execPath, args, { env }).catch(
    (error: unknown) => error as { readonly stdout: string },
  );
  const { cases } = JSON.parse(stdout) as { cases: { name: string; verdict: string; why: string | null }[] };
  assert.ok(cases.length > 30);
  return cases.filter((one) => one.verdict === "fail").map((one) => `${one.name}: ${one.why ?? ""}`);
}

for (const file of examples) {
  describe(`examples/${file}`, () => {
    let example: Example;
    /** What was printed for the id, once a later event has been printed too. */
    const linesOf = async (id: string): Promise<string[]> => {
      const later = newId(random);
      await send(example.url, later);
      await example.printed(later);
      return example.lines.filter((line) => line.startsWith(`${id} `));
    };

    before(async () => {
      example = await startExample(file);
    });

    after(async () => {
      await example.stop();
    });

    it("answers 2xx to every golden payload and runs its handler", async () => {
      assert.equal(goldenFiles.length, 17);
      for (const golden of goldenFiles) {
        const id = newId(random);
        const status = await send(example.url, id, { file: golden });
        assert.ok(status === 200 || status === 204, `${golden}: ${status}`);
        assert.equal((await linesOf(id)).length, 1, golden);
      }
    });

    it("answers 4xx to a forged one and runs no handler", async () => {
      const id = newId(random);
      assert.equal(await send(example.url, id, { key: generateSecret(random) }), 401);
      assert.deepEqual(await linesOf(id), []);
    });

    it("runs the handler once for a doubled one, one after the other and at the same time", async () => {
      const id = newId(random);
      assert.deepEqual([await send(example.url, id), await send(example.url, id)], [204, 204]);
      const together = newId(random);
      const statuses = await Promise.all(Array.from({ length: 20 }, () => send(example.url, together)));
      assert.ok(statuses.every((status) => status === 204 || status === 409));
      assert.deepEqual([(await linesOf(id)).length, (await linesOf(together)).length], [1, 1]);
    });

    it("is certified", async () => {
      assert.deepEqual(await certify(`${example.url}/webhooks`), []);
    });

    it("takes what sameface trigger sends", async () => {
      const { status, id } = await trigger(`${example.url}/webhooks`, "spoof");
      assert.deepEqual([status, await linesOf(id)], [204, [`${id} spoof`]]);
    });
  });
}

describe("examples", () => {
  it("end at once and say what a secret is when they were given none", async () => {
    for (const file of examples) {
      const [command, ...args] = commandOf(file);
      const run = promisify(execFile)(command, args, {
        env: { PATH: process.env["PATH"] ?? "", PORT: "0", RECEIVED_FILE: ":memory:" },
        timeout: 30_000,
      });
      await assert.rejects(run, /a secret is whsec_ and the base64 of 24 to 64 bytes/);
    }
  });
});

describe("examples/python/test_vectors.py", () => {
  it("finds every vector to hold in another language", async () => {
    const script = path.join(REPOSITORY, "examples/python/test_vectors.py");
    const { stdout } = await promisify(execFile)("python3", ["-B", script]);
    const [, passed = "0"] = /^([0-9]+) passed, 0 failed$/m.exec(stdout) ?? [];
    assert.ok(Number(passed) >= 200, stdout);
  });
});
