import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { after, afterEach, before, describe, it } from "node:test";
import { capPerAddress } from "./connections-per-address.ts";
import { HTTP_LIMITS } from "./http-limits.ts";
import { startTestServer, type TestServer } from "./test-server.fixture.ts";

const MOST = 3;

describe("connections of one address", () => {
  let server: Server;
  let port: number;
  const clients: Socket[] = [];
  before(async () => {
    server = createServer();
    capPerAddress(server, { most: MOST, isExempt: (address) => address === "127.0.0.9" });
    // It greets, so that a client can tell being taken from being closed.
    server.on("connection", (socket) => {
      socket.on("error", () => undefined);
      if (!socket.destroyed) socket.write("hello");
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    ({ port } = server.address() as AddressInfo);
  });
  afterEach(async () => {
    await Promise.all(
      clients.splice(0).map(async (socket) => {
        await closed(socket);
      }),
    );
  });
  after(() => {
    server.close();
  });

  const closed = async (socket: Socket): Promise<void> => {
    if (socket.closed) return;
    const end = once(socket, "close");
    socket.destroy();
    await end;
  };
  const open = async (localAddress: string): Promise<"taken" | "closed"> => {
    const socket = connect({ port, host: "127.0.0.1", localAddress });
    clients.push(socket);
    socket.on("error", () => undefined);
    return await Promise.race([
      once(socket, "data").then(() => "taken" as const),
      once(socket, "close").then(() => "closed" as const),
    ]);
  };
  const several = async (count: number, address: string): Promise<readonly string[]> => {
    const found: string[] = [];
    for (let n = 0; n < count; n += 1) found.push(await open(address));
    return found;
  };

  it("takes as many as it may hold, closes the next ones, and takes those of another address", async () => {
    assert.deepEqual(await several(5, "127.0.0.2"), ["taken", "taken", "taken", "closed", "closed"]);
    assert.equal(await open("127.0.0.3"), "taken");
  });

  it("takes one again when one was closed", async () => {
    assert.deepEqual(await several(4, "127.0.0.4"), ["taken", "taken", "taken", "closed"]);
    const [first] = clients;
    assert.ok(first);
    await closed(first);
    // The server hears of the end a moment after the client.
    while ((await count()) >= MOST) await new Promise(setImmediate);
    assert.equal(await open("127.0.0.4"), "taken");
  });

  it("has no cap for a trusted proxy", async () => {
    assert.deepEqual(await several(5, "127.0.0.9"), ["taken", "taken", "taken", "taken", "taken"]);
  });

  async function count(): Promise<number> {
    return await new Promise((resolve, reject) => {
      server.getConnections((error, open) => {
        if (error === null) resolve(open);
        else reject(error);
      });
    });
  }
});

describe("connections of one address to the API", () => {
  let server: TestServer;
  before(async () => {
    server = await startTestServer();
  });
  after(async () => {
    await server.close();
  });

  it("are capped far below all that it takes, and another address is answered beside them", async () => {
    assert.ok(HTTP_LIMITS.connectionsPerAddress * 4 <= HTTP_LIMITS.connections);
    const sockets: Socket[] = [];
    let refused = 0;
    const waits: Promise<unknown>[] = [];
    for (let n = 0; n < HTTP_LIMITS.connectionsPerAddress + 20; n += 1) {
      const socket = connect({ port: server.port, host: "127.0.0.1", localAddress: "127.0.0.7" });
      socket.on("error", () => undefined);
      socket.on("close", () => (refused += 1));
      sockets.push(socket);
      waits.push(once(socket, "connect"));
    }
    await Promise.all(waits);
    assert.equal((await server.call("/healthz")).status, 200);
    while (refused < 20) await new Promise(setImmediate);
    assert.equal((await server.call("/healthz")).status, 200);
    assert.equal(refused, 20);
    for (const socket of sockets) socket.destroy();
  });
});
