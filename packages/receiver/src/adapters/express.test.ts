import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, it } from "node:test";
import express, { type RequestHandler } from "express";
import { createReceiver } from "../receive.ts";
import { SECRET, signed, testClock } from "../signed.fixture.ts";
import { expressHandler } from "./express.ts";

const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** A hang is the fault that is looked for: it must end as a failure. */
async function postBehind(...parsers: RequestHandler[]): Promise<Response> {
  const app = express();
  for (const parser of parsers) app.use(parser);
  app.all("/webhooks", expressHandler(createReceiver({ secrets: [SECRET], ...testClock() })));
  const server = createServer(app);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { body, headers } = await signed();
  const init = { method: "POST", headers, body: Buffer.from(body), signal: AbortSignal.timeout(10_000) };
  return await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks`, init);
}

describe("expressHandler", () => {
  it("answers 500 with the mend behind express.json() and express.text(), and never hangs", async () => {
    for (const parser of [express.json(), express.text({ type: "*/*" })]) {
      const response = await postBehind(parser);
      const { reason, mend } = (await response.json()) as Record<string, string>;
      assert.deepEqual([response.status, reason], [500, "parsed_body"]);
      assert.match(mend ?? "", /before express\.json\(\)/);
    }
  });

  it("takes the bytes that express.raw() left, and those that a verify function keeps as rawBody", async () => {
    const keep = express.json({
      verify: (request, _response, bytes) => {
        Object.assign(request, { rawBody: bytes });
      },
    });
    assert.equal((await postBehind(express.raw({ type: "application/json" }))).status, 204);
    assert.equal((await postBehind(keep)).status, 204);
  });

  it("reads the stream itself where a parser did not take the type", async () => {
    assert.equal((await postBehind(express.urlencoded({ extended: false }))).status, 204);
  });
});
