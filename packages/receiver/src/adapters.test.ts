import assert from "node:assert/strict";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, describe, it } from "node:test";
import { getRequestListener } from "@hono/node-server";
import express from "express";
import { fastify } from "fastify";
import { Hono } from "hono";
import { expressHandler } from "./adapters/express.ts";
import { fastifyReceiver } from "./adapters/fastify.ts";
import { fetchHandler } from "./adapters/fetch.ts";
import { honoHandler } from "./adapters/hono.ts";
import { lambdaHandler } from "./adapters/lambda.ts";
import { nextPage, nextRoute } from "./adapters/next.ts";
import { nodeHandler } from "./adapters/node.ts";
import { MAX_BODY_BYTES } from "./collect-body.ts";
import { createReceiver, type Receiver } from "./receive.ts";
import { GOLDEN_NAMES, golden, OTHER_SECRET, SECRET, type Signed, signed, testClock } from "./signed.fixture.ts";

/** One adapter, reached as its users reach it. */
interface Adapter {
  readonly name: string;
  /** Resolves to a function that sends one request. */
  start(receiver: Receiver): Promise<(init: RequestInit) => Promise<Response>>;
  stop(): Promise<void> | void;
}

type Send = (init: RequestInit) => Promise<Response>;

function overHttp(name: string, listenerFor: (receiver: Receiver) => RequestListener): Adapter {
  const server = createServer();
  return {
    name,
    async start(receiver) {
      server.on("request", listenerFor(receiver));
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      return sendTo((server.address() as AddressInfo).port);
    },
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}

function sendTo(port: number): Send {
  return (init) => fetch(`http://127.0.0.1:${port}/webhooks`, init);
}

function overWeb(name: string, handlerFor: (receiver: Receiver) => (request: Request) => Promise<Response>): Adapter {
  return {
    name,
    start(receiver) {
      const handle = handlerFor(receiver);
      return Promise.resolve((init) => handle(new Request("http://receiver.test/webhooks", init)));
    },
    stop: () => undefined,
  };
}

function fastifyAdapter(): Adapter {
  const app = fastify();
  return {
    name: "fastify",
    async start(receiver) {
      await app.register(fastifyReceiver(receiver, { path: "/webhooks" }));
      await app.listen({ port: 0, host: "127.0.0.1" });
      return sendTo((app.server.address() as AddressInfo).port);
    },
    async stop() {
      app.server.closeAllConnections();
      await app.close();
    },
  };
}

/** Lambda has no socket: the event is what API Gateway makes of a request. */
function lambdaAdapter(version: "1.0" | "2.0"): Adapter {
  return {
    name: `lambda ${version}`,
    start(receiver) {
      const handle = lambdaHandler(receiver);
      return Promise.resolve(async (init) => {
        const request = new Request("http://receiver.test/webhooks", init);
        const method = request.method;
        const headers = Object.fromEntries(request.headers);
        const text = Buffer.from(await request.arrayBuffer()).toString("base64");
        const body = text === "" ? null : text;
        const rest = { headers, body, isBase64Encoded: body !== null };
        const event =
          version === "1.0"
            ? { ...rest, httpMethod: method, multiValueHeaders: valuesOf(headers) }
            : { ...rest, requestContext: { http: { method } } };
        const result = await handle(event);
        const reply = result.statusCode === 204 ? null : result.body;
        return new Response(reply, { status: result.statusCode, headers: result.headers });
      });
    },
    stop: () => undefined,
  };
}

function valuesOf(headers: Record<string, string>): Record<string, string[]> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]]));
}

/** Next answers other methods than those that a route exports by itself. */
function nextStandIn(receiver: Receiver): (request: Request) => Promise<Response> {
  const { POST } = nextRoute(receiver);
  return async (request) =>
    request.method === "POST" ? await POST(request) : new Response(null, { status: 405, headers: { allow: "POST" } });
}

const ADAPTERS: readonly Adapter[] = [
  overHttp("node", nodeHandler),
  overWeb("fetch", fetchHandler),
  overHttp("express", (receiver) => express().all("/webhooks", expressHandler(receiver))),
  fastifyAdapter(),
  overHttp("hono", (receiver) => {
    const app = new Hono();
    app.all("/webhooks", honoHandler(receiver));
    const listener = getRequestListener(app.fetch, { overrideGlobalObjects: false });
    return (request, response) => void listener(request, response);
  }),
  overWeb("next, App Router", nextStandIn),
  overHttp("next, Pages Router", (receiver) => {
    const page = nextPage(receiver);
    return (request, response) => void page(request, response);
  }),
  lambdaAdapter("1.0"),
  lambdaAdapter("2.0"),
];

function post({ body, headers }: Signed): RequestInit {
  return { method: "POST", headers, body: Buffer.from(body) };
}

for (const adapter of ADAPTERS) {
  describe(`adapter ${adapter.name}`, () => {
    const handled: string[] = [];
    let send: (init: RequestInit) => Promise<Response>;

    before(async () => {
      const note = (_outcome: unknown, event: { readonly id: string }): void => {
        handled.push(event.id);
      };
      send = await adapter.start(
        createReceiver({ secrets: [SECRET], ...testClock() })
          .on("passed", note)
          .on("not-passed", note),
      );
    });

    after(async () => {
      await adapter.stop();
    });

    it("answers 204 without a body to every golden payload, and hands each over", async () => {
      for (const name of GOLDEN_NAMES) {
        const response = await send(post(await signed({ id: `golden-${name}`, body: golden(name) })));
        assert.equal(response.status, 204, name);
        assert.equal(await response.text(), "");
      }
      assert.deepEqual(
        handled.filter((id) => id.startsWith("golden-")),
        GOLDEN_NAMES.map((name) => `golden-${name}`),
      );
    });

    it("answers 401 as JSON to a forged one and hands nothing over", async () => {
      const response = await send(post(await signed({ id: "forged", keys: [OTHER_SECRET] })));
      assert.deepEqual([response.status, response.headers.get("content-type")], [401, "application/json"]);
      assert.deepEqual(await response.json(), { reason: "signature_mismatch" });
      assert.equal(handled.includes("forged"), false);
    });

    it("hands a doubled one over once and acknowledges both", async () => {
      const request = await signed({ id: "doubled" });
      assert.deepEqual([(await send(post(request))).status, (await send(post(request))).status], [204, 204]);
      assert.equal(handled.filter((id) => id === "doubled").length, 1);
    });

    it("answers 405 with Allow to every method but POST", async () => {
      for (const method of ["GET", "HEAD", "PUT", "DELETE", "OPTIONS"]) {
        const response = await send({ method });
        assert.deepEqual([response.status, response.headers.get("allow")], [405, "POST"], method);
      }
    });

    it("answers 400 to a POST without a body", async () => {
      const response = await send({ method: "POST" });
      assert.deepEqual([response.status, await response.json()], [400, { reason: "missing_id" }]);
    });

    it("reads a body of 1 MiB in chunks, and answers 413 to one byte more", async () => {
      const body = new Uint8Array(MAX_BODY_BYTES).fill(0x20);
      body.set(golden("passed"));
      assert.equal((await send(post(await signed({ id: "large", body })))).status, 204);
      const larger = { ...post(await signed({ id: "larger" })), body: new Uint8Array(MAX_BODY_BYTES + 1) };
      const response = await send(larger);
      assert.deepEqual([response.status, await response.json()], [413, { reason: "too_large" }]);
      assert.deepEqual([handled.includes("large"), handled.includes("larger")], [true, false]);
    });
  });
}
