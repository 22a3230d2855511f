import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, describe, it } from "node:test";
import { fetchHandler } from "./adapters/fetch.ts";
import { nodeHandler } from "./adapters/node.ts";
import { MAX_BODY_BYTES } from "./collect-body.ts";
import { createReceiver, type Receiver } from "./receive.ts";
import { GOLDEN_NAMES, golden, OTHER_SECRET, SECRET, type Signed, signed, testClock } from "./signed.fixture.ts";

/** One adapter, reached as its users reach it. */
interface Adapter {
  readonly name: string;
  /** Resolves to a function that sends one request. */
  start(receiver: Receiver): Promise<(init: RequestInit) => Promise<Response>>;
  stop(): void;
}

function nodeAdapter(): Adapter {
  const server = createServer();
  return {
    name: "node",
    async start(receiver) {
      server.on("request", nodeHandler(receiver));
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks`;
      return (init) => fetch(url, init);
    },
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}

const fetchAdapter: Adapter = {
  name: "fetch",
  start(receiver) {
    const handle = fetchHandler(receiver);
    return Promise.resolve((init) => handle(new Request("http://receiver.test/webhooks", init)));
  },
  stop: () => undefined,
};

const ADAPTERS: readonly Adapter[] = [nodeAdapter(), fetchAdapter];

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

    after(() => {
      adapter.stop();
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
