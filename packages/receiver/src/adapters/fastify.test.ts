import assert from "node:assert/strict";
import type { AddressInfo } from "node:net";
import { describe, it } from "node:test";
import { fastify } from "fastify";
import { createReceiver } from "../receive.ts";
import { SECRET, signed, testClock } from "../signed.fixture.ts";
import { fastifyReceiver } from "./fastify.ts";

describe("fastifyReceiver", () => {
  it("keeps its parsers to itself: JSON is parsed as before on every other route", async () => {
    const app = fastify();
    await app.register(fastifyReceiver(createReceiver({ secrets: [SECRET], ...testClock() }), { path: "/webhooks" }));
    app.post("/other", (request) => ({ got: request.body }));
    await app.listen({ port: 0, host: "127.0.0.1" });
    const url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
    const { body, headers } = await signed();
    const webhook = await fetch(`${url}/webhooks`, { method: "POST", headers, body: Buffer.from(body) });
    const other = await fetch(`${url}/other`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: '{"a":1}',
    });
    assert.deepEqual([webhook.status, await other.json()], [204, { got: { a: 1 } }]);
    app.server.closeAllConnections();
    await app.close();
  });

  it("takes any content type that Fastify lets through, and none", async () => {
    const app = fastify();
    await app.register(fastifyReceiver(createReceiver({ secrets: [SECRET], ...testClock() }), { path: "/webhooks" }));
    await app.listen({ port: 0, host: "127.0.0.1" });
    const url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}/webhooks`;
    const { body, headers } = await signed();
    for (const type of ["text/plain", "application/x-www-form-urlencoded", ""]) {
      const wanted = Object.entries({ ...headers, "content-type": type }).filter(([, value]) => value !== "");
      const init = { method: "POST", headers: Object.fromEntries(wanted) };
      assert.equal((await fetch(url, { ...init, body: Buffer.from(body) })).status, 204, type);
    }
    app.server.closeAllConnections();
    await app.close();
  });
});
