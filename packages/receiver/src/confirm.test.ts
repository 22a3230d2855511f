import assert from "node:assert/strict";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, describe, it } from "node:test";
import { confirm } from "./confirm.ts";
import { ReceiverError } from "./receiver-error.ts";

const ID = "0be5f261d076492d9d3b74f6";
const seen: { request: IncomingMessage; body: string }[] = [];
let answer: { status: number; body: string; headers?: Record<string, string> } = { status: 200, body: "" };
let url = "";

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    seen.push({ request, body: Buffer.concat(chunks).toString() });
    if (answer.status === 0) return; // never answers
    response.writeHead(answer.status, { "content-type": "application/json", ...answer.headers }).end(answer.body);
  });
});

const isConfirmFailed = (error: unknown): boolean => error instanceof ReceiverError && error.code === "confirmFailed";

describe("confirm", () => {
  before(async () => {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  after(() => {
    server.closeAllConnections();
    server.close();
  });

  it("asks as the API has it, and answers what the server said", async () => {
    for (const verified of [true, false]) {
      answer = { status: 200, body: JSON.stringify({ verified }) };
      assert.equal(await confirm(ID, { url, key: "sk_1" }), verified);
    }
    const { request, body } = seen[0] ?? assert.fail();
    assert.deepEqual(
      [request.method, request.url, request.headers.authorization, body],
      ["POST", "/v1/authentications/verify", "Bearer sk_1", JSON.stringify({ transactionId: ID })],
    );
  });

  it("answers false to whatever is not verified true", async () => {
    for (const body of ["{}", "null", '{"verified":1}', '{"verified":"true"}', "[]"]) {
      answer = { status: 200, body };
      assert.equal(await confirm(ID, { url, key: "sk_1" }), false, body);
    }
  });

  it("throws confirmFailed, never an answer, for another status, for what is not JSON, a redirect and a server that is away", async () => {
    const answers = [
      { status: 401, body: '{"verified":true}' },
      { status: 500, body: '{"verified":true}' },
      { status: 200, body: "<html>" },
      { status: 307, body: "", headers: { location: "/elsewhere" } },
    ];
    for (const each of answers) {
      answer = each;
      await assert.rejects(confirm(ID, { url, key: "sk_1" }), isConfirmFailed, String(each.status));
    }
    await assert.rejects(confirm(ID, { url: "http://127.0.0.1:1", key: "sk_1" }), isConfirmFailed);
    await assert.rejects(confirm(ID, { url: "no url", key: "sk_1" }), isConfirmFailed);
  });

  it("ends with the signal that was handed in, and calls the fetch that was", async () => {
    answer = { status: 0, body: "" };
    const ending = new AbortController();
    const asked = confirm(ID, { url, key: "sk_1", signal: ending.signal });
    ending.abort();
    await assert.rejects(asked, isConfirmFailed);
    const own = (): Promise<Response> => Promise.resolve(Response.json({ verified: true }));
    assert.equal(await confirm(ID, { url, key: "sk_1", fetch: own }), true);
  });
});
