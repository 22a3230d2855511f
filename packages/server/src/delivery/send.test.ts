import assert from "node:assert/strict";
import type { Socket } from "node:net";
import { after, describe, it } from "node:test";
import {
  type Behaviour,
  type FaultServer,
  type FaultServerOptions,
  reply,
  startFaultServer,
} from "./fault-server.fixture.ts";
import { PROFILES } from "./profiles.ts";
import type { SendResult } from "./send-result.ts";
import { loopbackSender, postTo, SHORT_LIMITS } from "./sender.fixture.ts";

// What a busy machine may add to a deadline before a test calls it missed.
const SLACK_MS = 700;
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

describe("send", () => {
  const sender = loopbackSender();
  const servers: FaultServer[] = [];
  after(async () => {
    sender.close();
    await Promise.all(
      servers.map(async (server) => {
        await server.close();
      }),
    );
  });
  const start = async (behave: Behaviour, options?: FaultServerOptions): Promise<FaultServer> => {
    const server = await startFaultServer(behave, options);
    servers.push(server);
    return server;
  };
  /** One attempt at a server of this behaviour, and how long it took. */
  const attempt = async (behave: Behaviour): Promise<{ result: SendResult; server: FaultServer; ms: number }> => {
    const server = await start(behave);
    const startedMs = performance.now();
    const result = await sender.send(postTo(server.url));
    return { result, server, ms: performance.now() - startedMs };
  };

  it("posts the bytes as they are, asks for no encoding, and answers status, headers and body", async () => {
    const server = await start((socket) => {
      socket.write(reply(201, { headers: { "content-type": "text/plain", "retry-after": "7" }, body: "thanks" }));
    });
    const body = Uint8Array.of(0, 255, 10, 13);
    const headers = { "accept-encoding": "identity", "webhook-id": "x" };
    const result = await sender.send(postTo(`${server.url}?q=1`, { body, headers }));
    assert.deepEqual(result, {
      kind: "replied",
      status: 201,
      acknowledged: true,
      contentType: "text/plain",
      retryAfter: "7",
      replyBody: new TextEncoder().encode("thanks"),
    });
    const [request] = server.requests;
    assert.equal(request?.method, "POST");
    assert.equal(request.path, "/in?q=1");
    assert.deepEqual(request.body, body);
    assert.equal(request.headers["webhook-id"], "x");
    assert.equal(request.headers["host"], `127.0.0.1:${server.port}`);
  });

  it("answers each status without judging more than the profile does", async () => {
    for (const status of [200, 204, 400, 401, 403, 404, 410, 422, 429, 500, 502, 503, 504]) {
      const { result, server } = await attempt((socket) => socket.write(reply(status)));
      assert.ok(result.kind === "replied");
      assert.equal(result.status, status);
      assert.equal(result.acknowledged, status < 300);
      assert.equal(server.requests.length, 1);
    }
  });

  it("follows no redirect, whatever its kind", async () => {
    const target = await start((socket) => socket.write(reply(200)));
    for (const status of [301, 302, 303, 307, 308]) {
      for (const location of [target.url, "/in", "http://169.254.169.254/latest/meta-data/"]) {
        const { result, server } = await attempt((socket) => socket.write(reply(status, { headers: { location } })));
        assert.ok(result.kind === "replied" && result.status === status && !result.acknowledged);
        assert.equal(server.requests.length, 1);
      }
    }
    assert.equal(target.connections, 0);
  });

  it("uses no proxy of the environment", async () => {
    const proxy = await start((socket) => socket.write(reply(500)));
    const before = { ...process.env };
    try {
      for (const name of ["http_proxy", "HTTP_PROXY", "all_proxy"])
        process.env[name] = `http://127.0.0.1:${proxy.port}`;
      const { result } = await attempt((socket) => socket.write(reply(200)));
      assert.ok(result.kind === "replied" && result.acknowledged);
    } finally {
      process.env = before;
    }
    assert.equal(proxy.connections, 0);
  });

  it("is freed at once when the connection is refused", async () => {
    const server = await start(() => undefined);
    await server.close();
    servers.pop();
    const startedMs = performance.now();
    assert.deepEqual(await sender.send(postTo(server.url)), { kind: "failed", reason: "connectionRefused" });
    assert.ok(performance.now() - startedMs < 50 + SLACK_MS);
  });

  it("gives up after the whole-exchange deadline when nothing is replied", async () => {
    const { result, server, ms } = await attempt(() => undefined);
    assert.deepEqual(result, { kind: "failed", reason: "timeout" });
    assert.ok(ms >= SHORT_LIMITS.totalMs - 1 && ms < SHORT_LIMITS.totalMs + SLACK_MS, String(ms));
    await server.idle();
  });

  it("does not let dripped headers restart the clock", async () => {
    const { result, ms, server } = await attempt((socket) => {
      drip(socket, `HTTP/1.1 200 OK\r\nx: ${"y".repeat(1_000)}`);
    });
    assert.deepEqual(result, { kind: "failed", reason: "timeout" });
    assert.ok(ms < SHORT_LIMITS.totalMs + SLACK_MS, String(ms));
    await server.idle();
  });

  it("calls it delivered when acknowledging headers come and the body drips for ever", async () => {
    const { result, ms, server } = await attempt((socket) => {
      socket.write("HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n");
      drip(socket, "x".repeat(1_000));
    });
    assert.ok(result.kind === "replied" && result.acknowledged);
    assert.match(text(result.replyBody), /^x+$/);
    assert.ok(ms < SHORT_LIMITS.totalMs, String(ms));
    await server.idle();
    assert.equal(server.requests.length, 1);
  });

  it("waits for a dripped body of a failure no longer than the deadline and keeps its status", async () => {
    const { result, ms, server } = await attempt((socket) => {
      socket.write("HTTP/1.1 503 X\r\nretry-after: 9\r\ncontent-length: 1000000\r\n\r\n");
      drip(socket, "x".repeat(1_000));
    });
    assert.ok(result.kind === "replied" && result.status === 503 && result.retryAfter === "9");
    assert.ok(ms < SHORT_LIMITS.totalMs + SLACK_MS, String(ms));
    await server.idle();
  });

  it("reads 16 KB of an endless reply and destroys the socket", async () => {
    for (const head of ["transfer-encoding: chunked", "content-length: 10000000000"]) {
      let written = 0;
      const { result, server } = await attempt((socket) => {
        socket.write(`HTTP/1.1 500 X\r\n${head}\r\n\r\n`);
        const piece = Buffer.from(head.startsWith("t") ? `4000\r\n${"z".repeat(0x4000)}\r\n` : "z".repeat(0x4000));
        const pump = (): void => {
          while (!socket.destroyed && socket.write(piece)) written += piece.length;
          written += piece.length;
        };
        socket.on("drain", pump);
        pump();
      });
      assert.ok(result.kind === "replied" && result.status === 500);
      assert.equal(result.replyBody.length, 16_000);
      await server.idle();
      // What the kernel's buffers of both ends take, and far from endless.
      assert.ok(written < 20_000_000, String(written));
    }
  });

  it("holds less than 1 MB for each reply that never ends", async () => {
    const server = await start((socket) => {
      socket.write("HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ntransfer-encoding: chunked\r\n\r\n");
      const piece = Buffer.from(`10000\r\n${"\0".repeat(0x10000)}\r\n`);
      const pump = (): void => {
        while (!socket.destroyed && socket.write(piece));
      };
      socket.on("drain", pump);
      pump();
    });
    const rssBefore = process.memoryUsage.rss();
    for (let round = 0; round < 60; round += 1) {
      const result = await sender.send(postTo(server.url));
      assert.ok(result.kind === "replied" && result.replyBody.length === 16_000);
    }
    assert.ok(process.memoryUsage.rss() - rssBefore < 60_000_000);
  });

  it("keeps an encoded reply as it came and decodes nothing", async () => {
    const { result } = await attempt((socket) => {
      socket.write(reply(200, { headers: { "content-encoding": "gzip" }, body: "not gzip at all" }));
    });
    assert.ok(result.kind === "replied" && result.acknowledged);
    assert.equal(text(result.replyBody), "not gzip at all");
  });

  it("names a connection that is reset or closed before or within the reply's headers", async () => {
    const behaviours: Behaviour[] = [
      (socket) => socket.resetAndDestroy(),
      (socket) => socket.end(),
      (socket) => socket.write("HTTP/1.1 200 OK\r\ncontent-le", () => socket.resetAndDestroy()),
      (socket) => socket.end("HTTP/1.1 200 OK\r\n"),
    ];
    for (const behave of behaviours) {
      const { result, server } = await attempt(behave);
      assert.equal(result.kind, "failed");
      assert.ok(result.reason === "connectionLost" || result.reason === "malformedReply", result.reason);
      assert.equal(server.requests.length, 1, "one attempt is one request on a fresh socket");
    }
    const atOnce = await start(() => undefined, { onConnection: (socket) => socket.resetAndDestroy() });
    assert.deepEqual(await sender.send(postTo(atOnce.url)), { kind: "failed", reason: "connectionLost" });
    assert.ok(atOnce.connections <= 2);
  });

  it("keeps the verdict of acknowledging headers when the body is cut off", async () => {
    for (const head of ["content-length: 100", "transfer-encoding: chunked"]) {
      const { result } = await attempt((socket) => {
        socket.write(`HTTP/1.1 200 OK\r\n${head}\r\n\r\n`, () => socket.resetAndDestroy());
      });
      assert.ok(result.kind === "replied" && result.acknowledged, head);
    }
  });

  it("refuses a reply that is not HTTP", async () => {
    for (const bytes of [
      "HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab",
      "HTTP/1.1 200 OK\r\ncontent-length: abc\r\n\r\n",
      "HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n",
      "HTTP/1.1 2xx OK\r\n\r\n",
      "HTTP/1.1 20\r\n\r\n",
      "SSH-2.0-OpenSSH_9.6\r\n",
      "HTTP/9.9 200 OK\r\n\r\n",
      "HTTP/1.1 101 Switching\r\nupgrade: h2c\r\nconnection: upgrade\r\n\r\n",
      "HTTP/1.1 100 Continue\r\n\r\n",
    ]) {
      const { result, server } = await attempt((socket) => socket.write(bytes));
      assert.deepEqual(result, { kind: "failed", reason: "malformedReply" }, JSON.stringify(bytes));
      assert.equal(server.requests.length, 1);
      await server.idle();
    }
  });

  it("does not call a failure with broken chunks anything but that failure", async () => {
    const { result, server } = await attempt((socket) => {
      socket.write("HTTP/1.1 500 X\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n");
    });
    assert.ok(result.kind === "replied" && result.status === 500);
    await server.idle();
  });

  it("bounds the headers of a reply by 16 KB, one long or many short", async () => {
    for (const headers of [
      `x: ${"y".repeat(1_000_000)}`,
      Array.from({ length: 10_000 }, (_, i) => `x${i}: y`).join("\r\n"),
    ]) {
      const { result, server } = await attempt((socket) => socket.write(`HTTP/1.1 200 OK\r\n${headers}\r\n\r\n`));
      assert.deepEqual(result, { kind: "failed", reason: "headersTooLarge" });
      await server.idle();
    }
  });

  it("takes a few early hints before a reply and gives up on a hundred", async () => {
    const hint = "HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n";
    const few = await attempt((socket) => socket.write(hint.repeat(3) + reply(200)));
    assert.ok(few.result.kind === "replied" && few.result.acknowledged);
    const many = await attempt((socket) => socket.write(hint.repeat(100) + reply(200)));
    assert.deepEqual(many.result, { kind: "failed", reason: "malformedReply" });
    await many.server.idle();
  });

  it("uses a connection again after a whole reply and never after a broken one", async () => {
    const server = await start((socket, request) => {
      if (request.path === "/broken") socket.write("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nab");
      else socket.write(reply(200, { body: "ok" }));
    });
    const { port } = server;
    for (const path of ["/in", "/in", "/broken", "/in", "/in"]) {
      const result = await sender.send(postTo(`http://127.0.0.1:${port}${path}`));
      assert.ok(result.kind === "replied" && result.acknowledged);
    }
    assert.deepEqual(
      server.requests.map((request) => request.connection),
      [1, 1, 1, 2, 2],
    );
  });

  it("tries once more on a fresh socket when an idle one was closed as it wrote", async () => {
    const server = await start((socket, request) => {
      // The first connection serves one request; the second request on it meets a close, as in the race.
      if (request.connection === 1 && server.requests.length > 1) socket.destroy();
      else socket.write(reply(200));
    });
    assert.ok((await sender.send(postTo(server.url))).kind === "replied");
    const second = await sender.send(postTo(server.url));
    assert.ok(second.kind === "replied" && second.acknowledged);
    assert.deepEqual(
      server.requests.map((request) => request.connection),
      [1, 1, 2],
    );
    assert.deepEqual(server.requests[1]?.body, server.requests[2]?.body);
  });

  it("does not try again when a byte of reply came, or when the fresh socket is lost too", async () => {
    const partial = await start((socket, request) => {
      if (request.connection === 1 && partial.requests.length > 1) socket.end("H");
      else socket.write(reply(200));
    });
    await sender.send(postTo(partial.url));
    assert.equal((await sender.send(postTo(partial.url))).kind, "failed");
    assert.equal(partial.requests.length, 2);

    const always = await start((socket) => {
      if (always.requests.length > 1) socket.destroy();
      else socket.write(reply(200));
    });
    await sender.send(postTo(always.url));
    assert.deepEqual(await sender.send(postTo(always.url)), { kind: "failed", reason: "connectionLost" });
    assert.equal(always.requests.length, 3);
  });

  it("ends as stopped when its signal is aborted, before or within the attempt", async () => {
    const stop = new AbortController();
    const server = await start(() => {
      stop.abort();
    });
    assert.deepEqual(await sender.send(postTo(server.url, { signal: stop.signal })), {
      kind: "failed",
      reason: "stopped",
    });
    await server.idle();
    assert.deepEqual(await sender.send(postTo(server.url, { signal: stop.signal })), {
      kind: "failed",
      reason: "stopped",
    });
    assert.equal(server.requests.length, 1);
  });

  it("ends as stopped while it still connects, and leaves no socket behind", async () => {
    const stop = new AbortController();
    const silent = await start(() => undefined, {
      onConnection: () => {
        stop.abort();
      },
    });
    // TLS with a server that never says a word: the connection is never ready.
    const request = postTo(`https://127.0.0.1:${silent.port}/`, { signal: stop.signal });
    assert.deepEqual(await sender.send(request), { kind: "failed", reason: "stopped" });
    await silent.idle();
  });

  it("sends nothing to a URL that the settings of now refuse", async () => {
    for (const url of [
      "http://10.0.0.1:9000/",
      "https://127.0.0.1.:9000/",
      "not a url",
      "http://u:p@127.0.0.1:9000/",
    ]) {
      assert.deepEqual(await sender.send(postTo(url)), { kind: "failed", reason: "refusedUrl" }, url);
    }
  });

  it("judges by the profile of the endpoint", async () => {
    const server = await start((socket) => socket.write(reply(200, { headers: { "content-type": "text/plain" } })));
    const incode = await sender.send(postTo(server.url, { acknowledges: PROFILES.incode.acknowledges }));
    assert.ok(incode.kind === "replied" && !incode.acknowledged);
  });

  it("carries fifty attempts to one origin side by side", async () => {
    const server = await start((socket) => socket.write(reply(200)));
    const results = await Promise.all(Array.from({ length: 50 }, async () => await sender.send(postTo(server.url))));
    assert.ok(results.every((result) => result.kind === "replied" && result.acknowledged));
    assert.equal(server.requests.length, 50);
  });
});

/** One byte after the other; each is written when the one before has left. */
function drip(socket: Socket, bytes: string): void {
  let at = 0;
  const timer = setInterval(() => {
    if (socket.destroyed || at === bytes.length) clearInterval(timer);
    else socket.write(bytes[at++] ?? "");
  }, 10);
}
