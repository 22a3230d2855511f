import assert from "node:assert/strict";
import crypto, { createHmac, randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer, IncomingMessage, type RequestListener, type Server } from "node:http";
import { type AddressInfo, connect, Socket } from "node:net";
import { Readable } from "node:stream";
import { afterEach, describe, it } from "node:test";
import { parseSigningKey, sign } from "@sameface/contract";
import { createMemoryStore } from "../dedupe/memory.ts";
import { createReceiver, type Receiver } from "../receive.ts";
import { refuse } from "../reply.ts";
import { golden, SECRET, type Signed, signed, testClock } from "../signed.fixture.ts";
import { nodeHandler, nodeHash, nodeMac } from "./node.ts";

const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function listen(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function post(url: string, { headers, body }: Signed): Promise<Response> {
  // A hang is the fault that is looked for: it must end as a failure.
  return await fetch(url, { method: "POST", headers, body: Buffer.from(body), signal: AbortSignal.timeout(10_000) });
}

function newReceiver(): Receiver {
  return createReceiver({ secrets: [SECRET], ...testClock() });
}

/** What `express.json()` does to a request. */
async function parse(request: IncomingMessage): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString();
  Object.assign(request, { body: text === "" ? {} : (JSON.parse(text) as unknown) });
}

describe("nodeHandler", () => {
  it("answers 500 with the mend, and never hangs, behind a parser such as express.json()", async () => {
    const handle = nodeHandler(newReceiver());
    const url = await listen((request, response) => {
      void parse(request).then(() => {
        handle(request, response);
      });
    });
    for (const body of [golden("passed"), new Uint8Array(0)]) {
      const response = await post(url, await signed({ body }));
      const reply = (await response.json()) as Record<string, string>;
      assert.deepEqual([response.status, reply["reason"]], [500, "parsed_body"]);
      assert.match(reply["mend"] ?? "", /express\.json\(\)/);
    }
  });

  it("answers 500 with the mend, and never hangs, when the stream was read and nothing kept", async () => {
    const handle = nodeHandler(newReceiver());
    const url = await listen((request, response) => {
      request.resume().on("end", () => {
        handle(request, response);
      });
    });
    for (const body of [golden("passed"), new Uint8Array(0)]) {
      const response = await post(url, await signed({ body }));
      assert.deepEqual([response.status, (await response.text()).includes("parsed_body")], [500, true]);
    }
  });

  it("answers 500 with the mend when a part of the stream was read before", async () => {
    const handle = nodeHandler(newReceiver());
    const url = await listen((request, response) => {
      request.once("data", () => {
        handle(request, response);
      });
    });
    const response = await post(url, await signed());
    assert.deepEqual([response.status, (await response.text()).includes("parsed_body")], [500, true]);
  });

  it("takes the bytes that a framework left in body or rawBody", async () => {
    for (const key of ["body", "rawBody"]) {
      const handle = nodeHandler(newReceiver());
      const url = await listen((request, response) => {
        const chunks: Buffer[] = [];
        request.on("data", (chunk: Buffer) => chunks.push(chunk));
        request.on("end", () => {
          handle(Object.assign(request, { body: { parsed: true }, [key]: Buffer.concat(chunks) }), response);
        });
      });
      assert.equal((await post(url, await signed())).status, 204, key);
    }
  });

  it("reads the stream itself when a framework only made room for a body", async () => {
    const handle = nodeHandler(newReceiver());
    const url = await listen((request, response) => {
      handle(Object.assign(request, { body: {} }), response);
    });
    assert.equal((await post(url, await signed())).status, 204);
  });

  it("runs the handler once when the reply is lost and the sender sends again", async () => {
    let calls = 0;
    const sockets: Socket[] = [];
    const receiver = newReceiver().on("passed", () => {
      calls += 1;
      for (const socket of sockets) socket.destroy(); // committed, and the line is cut before the reply
    });
    const handle = nodeHandler(receiver);
    const url = await listen((request, response) => {
      sockets.push(request.socket);
      handle(request, response);
    });
    const request = await signed();
    await assert.rejects(post(url, request), TypeError);
    const [again, third] = [await post(url, request), await post(url, request)];
    assert.deepEqual([again.status, third.status, calls], [204, 204, 1]);
  });

  it("calls no handler when the sender hangs up in mid-body", async () => {
    const replied = Promise.withResolvers<number>();
    const handle = nodeHandler(newReceiver().on("passed", () => assert.fail("called")));
    const url = await listen((request) => {
      handle(request, { headersSent: false, writeHead: replied.resolve, end: () => undefined });
    });
    const { body, headers } = await signed();
    const socket = connect(Number(new URL(url).port), "127.0.0.1");
    await once(socket, "connect");
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.write(`POST / HTTP/1.1\r\nhost: x\r\ncontent-length: ${body.length + 1}\r\n${lines.join("")}\r\n`);
    socket.write(body, () => {
      socket.destroy();
    });
    assert.equal(await replied.promise, 400);
  });

  it("waits no longer when the framework ends the request in mid-body", async () => {
    const replied = Promise.withResolvers<number>();
    const request = Object.assign(new IncomingMessage(new Socket()), { method: "POST" });
    nodeHandler(newReceiver())(request, { headersSent: false, writeHead: replied.resolve, end: () => undefined });
    request.destroy();
    assert.equal(await replied.promise, 400);
  });

  it("takes a fault of a stream that only has the shape of a request, as serverless bridges make them", async () => {
    const replied = Promise.withResolvers<number>();
    const request = Object.assign(new Readable({ read: () => undefined }), { method: "POST", headers: {} });
    nodeHandler(newReceiver())(request, { headersSent: false, writeHead: replied.resolve, end: () => undefined });
    request.destroy(new Error("bridge closed"));
    assert.equal(await replied.promise, 400);
  });

  it("never waits for a request that is gone already", async () => {
    const replied = Promise.withResolvers<number>();
    const request = Object.assign(new IncomingMessage(new Socket()), { method: "POST" });
    request.destroy();
    await once(request, "close");
    nodeHandler(newReceiver())(request, { headersSent: false, writeHead: replied.resolve, end: () => undefined });
    assert.equal(await replied.promise, 500);
  });

  it("closes the connection after a body that is too large, and waits for no more of it", async () => {
    const url = await listen(nodeHandler(newReceiver()));
    const socket = connect(Number(new URL(url).port), "127.0.0.1");
    await once(socket, "connect");
    socket.write("POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1000000000000\r\n\r\n");
    socket.write(Buffer.alloc(1_048_577));
    const chunks: Buffer[] = [];
    socket.on("data", (chunk) => chunks.push(chunk));
    socket.on("error", () => undefined); // a reset after the reply is as good as an end
    await once(socket, "close");
    const reply = Buffer.concat(chunks).toString();
    assert.match(reply, /^HTTP\/1\.1 413 /);
    assert.match(reply, /^connection: close\r$/im);
  });

  it("counts the content-length of a reply in bytes", async () => {
    const receiver = { ...newReceiver(), receive: () => Promise.resolve({ ...refuse("malformed"), body: "é€😀" }) };
    const response = await post(await listen(nodeHandler(receiver)), await signed());
    assert.deepEqual([response.headers.get("content-length"), await response.text()], ["9", "é€😀"]);
  });

  it("writes nothing when the framework's time limit answered first", async () => {
    const handled = Promise.withResolvers<undefined>();
    const handle = nodeHandler(
      newReceiver().on("passed", () => {
        handled.resolve(undefined);
      }),
    );
    const url = await listen((request, response) => {
      response.writeHead(503).end();
      handle(request, response);
    });
    assert.equal((await post(url, await signed())).status, 503);
    await handled.promise;
    // A second write would have thrown by now in a place where nobody listens, and so have ended the process.
    assert.equal((await post(url, await signed({ id: "next" }))).status, 503);
  });
});

describe("nodeMac", () => {
  it("makes the HMAC of Node's own, for keys and messages of every length around a block, with and without hash()", (t) => {
    const compare = (): void => {
      for (const length of [0, 1, 24, 32, 63, 64, 65, 200]) {
        const key = randomBytes(length);
        for (const parts of [[], [randomBytes(0)], [randomBytes(55), randomBytes(9)], [randomBytes(10_000)]]) {
          const wanted = createHmac("sha256", key).update(Buffer.concat(parts)).digest("base64");
          assert.equal(nodeMac(key, parts), wanted);
        }
      }
    };
    compare();
    t.mock.property(crypto, "hash", undefined); // as in the first versions of Node 20
    compare();
  });

  it("signs and verifies as WebCrypto does", async () => {
    const options = { id: "a", timestampSeconds: 1, body: golden("passed"), keys: [parseSigningKey(SECRET)] };
    assert.equal(await sign({ ...options, mac: nodeMac }), await sign(options));
    const receiver = createReceiver({ secrets: [SECRET], mac: nodeMac, ...testClock() });
    assert.equal((await receiver.receive(await signed())).status, 204);
    const other = await signed({ id: "other" });
    assert.equal((await receiver.receive({ ...other, body: golden("mask") })).status, 401);
  });
});

describe("nodeHash", () => {
  it("knows the bytes that were hashed by WebCrypto before: a duplicate, no conflict, and of other bytes a conflict", async () => {
    const options = { secrets: [SECRET], store: createMemoryStore(testClock()), ...testClock() };
    const before = createReceiver(options);
    const after = createReceiver({ ...options, hash: nodeHash }).onConflict(() => undefined);
    assert.equal((await before.receive(await signed())).result.kind, "unhandled");
    assert.equal((await after.receive(await signed())).result.kind, "duplicate");
    assert.equal((await after.receive(await signed({ body: golden("mask") }))).result.kind, "conflict");
  });
});
