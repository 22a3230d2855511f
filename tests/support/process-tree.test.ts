import assert from "node:assert/strict";
import { closeSync, openSync } from "node:fs";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { after, describe, it } from "node:test";
import { held } from "./process-tree.ts";

describe("what a process holds", () => {
  const accepted: Socket[] = [];
  const server = createServer({ allowHalfOpen: true }, (socket) => accepted.push(socket.resume()));
  after(() => {
    for (const socket of accepted) socket.destroy();
    server.close();
  });

  it("counts files, and connections that a peer has closed, and none that stands", async () => {
    await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
    const count = (): number => held(process.pid).descriptors;
    const before = count();
    const file = openSync(import.meta.filename, "r");
    assert.equal(count() - before, 1);
    closeSync(file);
    const client = connect((server.address() as AddressInfo).port, "127.0.0.1");
    const { promise: ended, resolve: end } = Promise.withResolvers<undefined>();
    await new Promise<void>((resolve) => {
      server.once("connection", (socket: Socket) => {
        socket.once("end", () => {
          end(undefined);
        });
        resolve();
      });
    });
    assert.equal(count(), before);
    client.end();
    await ended;
    // Both ends are this process's: neither stands any more, and the server has not closed its own.
    assert.equal(count() - before, 2);
    client.destroy();
  });
});
