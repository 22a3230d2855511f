import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, it } from "node:test";
import { generateEd25519, parseVerifyKey, SAMPLES, verify } from "@sameface/contract";
import { EXIT } from "../exit-codes.ts";
import { runProgram } from "../program.ts";
import { keptTerminal } from "../terminal.fixture.ts";

const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const OTHER = "whsec_plJ3nmyCDGBKInavdOK15jsl4eGSkJJz";

interface Came {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

async function receiving(status = 204) {
  const came: Came[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      came.push({ headers: request.headers as Record<string, string>, body: Buffer.concat(chunks) });
      response.writeHead(status).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    came,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function trigger(...args: string[]) {
  const terminal = keptTerminal({ SAMEFACE_WEBHOOK_SECRET: SECRET });
  return { code: await runProgram(terminal, ["trigger", ...args]), terminal };
}

const holds = async (request: Came, key: string): Promise<boolean> =>
  (await verify({ ...request, keys: [parseVerifyKey(key)], nowSeconds: Date.now() / 1000 })).ok;

describe("sameface trigger", () => {
  it("sends every documented outcome so that it verifies", async () => {
    await using receiver = await receiving();
    for (const name of Object.keys(SAMPLES)) {
      assert.equal((await trigger(name, "--to", receiver.url)).code, EXIT.done, name);
    }
    assert.equal(receiver.came.length, 11);
    for (const request of receiver.came) assert.ok(await holds(request, SECRET));
  });

  it("sends any bytes of a file as they are", async () => {
    await using receiver = await receiving();
    const folder = await mkdtemp(path.join(tmpdir(), "sameface-trigger-"));
    const file = path.join(folder, "body");
    const bytes = randomBytes(100);
    await writeFile(file, bytes);
    await trigger("passed", "--data", file, "--to", receiver.url);
    await trigger("stale", "--data", file, "--to", receiver.url);
    await rm(folder, { recursive: true });
    const [fresh, stale] = receiver.came;
    assert.ok(fresh !== undefined && stale !== undefined);
    assert.ok(fresh.body.equals(bytes) && stale.body.equals(bytes));
    assert.deepEqual([await holds(fresh, SECRET), await holds(stale, SECRET)], [true, false]);
  });

  it("signs with every key it is given, of both kinds", async () => {
    await using receiver = await receiving();
    const pair = await generateEd25519({ bytes: (length) => new Uint8Array(randomBytes(length)) });
    await trigger("spoof", "--to", receiver.url, "--secret", OTHER, "--secret", pair.privateKey);
    const [request] = receiver.came;
    assert.ok(request !== undefined);
    const held = [OTHER, pair.publicKey, SECRET].map(async (key) => await holds(request, key));
    assert.deepEqual(await Promise.all(held), [true, true, false]);
  });

  it("sends so many events, each under an id of its own, each twice, or newest first", async () => {
    await using receiver = await receiving();
    await trigger("passed", "--to", receiver.url, "--count", "3", "--duplicate");
    const ids = receiver.came.map(({ headers }) => headers["webhook-id"]);
    assert.deepEqual([ids.length, new Set(ids).size, ids[0] === ids[1], ids[1] === ids[2]], [6, 3, true, false]);
    await trigger("passed", "--to", receiver.url, "--out-of-order");
    const times = receiver.came.slice(6).map(({ headers }) => Number(headers["webhook-timestamp"]));
    assert.deepEqual(
      times.map((time) => time - (times[0] ?? 0)),
      [0, -1, -2],
    );
  });

  it("sends as the vendor does: with its header, unsigned", async () => {
    await using receiver = await receiving();
    await trigger("passed", "--unsigned", "--header", "X-Api-Key: abc:def", "--to", receiver.url);
    const headers = receiver.came[0]?.headers ?? {};
    assert.equal(headers["x-api-key"], "abc:def");
    assert.deepEqual(
      Object.keys(headers).filter((name) => name.startsWith("webhook-") || name.startsWith("sameface-")),
      [],
    );
  });

  it("prints one JSON line for each request, and ends with 1 where one was refused", async () => {
    await using receiver = await receiving(401);
    const { code, terminal } = await trigger("bad-signature", "--json", "--count", "2", "--to", receiver.url);
    const printed = terminal.lines.map((line) => JSON.parse(line) as { status: number; id: string });
    assert.deepEqual([code, printed.map((one) => one.status)], [EXIT.no, [401, 401]]);
  });

  it("ends with 2 and one line for a name, a number, a header or a mixture that can't be", async () => {
    const wrong = [
      ["pased"],
      ["passed", "--count", "0"],
      ["passed", "--count", "two"],
      ["passed", "--header", ": x"],
      ["stale", "--unsigned"],
      ["changed-body", "--unsigned"],
      ["passed", "--data", "/nowhere/body"],
      ["passed", "--to", "http://"],
    ];
    for (const args of wrong) {
      const { code, terminal } = await trigger(...args);
      assert.deepEqual([code, terminal.errors.length], [EXIT.usage, 1], args.join(" "));
    }
  });

  it("ends with 3 and the mend when nobody answers", async () => {
    const receiver = await receiving();
    await receiver[Symbol.asyncDispose]();
    const { code, terminal } = await trigger("passed", "--to", receiver.url);
    assert.equal(code, EXIT.unreachable);
    assert.match(terminal.errors.join(), /Start yours, or name it with --to/);
  });
});
