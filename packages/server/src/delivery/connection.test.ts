import assert from "node:assert/strict";
import { Socket } from "node:net";
import { describe, it } from "node:test";
import { openConnection } from "./connection.ts";
import { createConnectionPool } from "./connection-pool.ts";
import { exchange } from "./exchange.ts";
import { realClock } from "./real-clock.fixture.ts";
import { SendError } from "./send-error.ts";
import { postTo, SHORT_LIMITS } from "./sender.fixture.ts";

const OPTIONS = { maxHeaderBytes: 16_000, idleMs: 4_000 };

describe("openConnection", () => {
  it("connects once for an exchange, although undici would go on connecting to a socket that dies at once", async () => {
    let connects = 0;
    const connection = openConnection("http://127.0.0.1:9", {
      ...OPTIONS,
      connector: async () => {
        connects += 1;
        const dead = new Socket();
        dead.destroy();
        return await Promise.resolve(dead);
      },
    });
    const deadline = new AbortController();
    const cancel = realClock.after(2_000, () => {
      deadline.abort(new SendError("timeout"));
    });
    const request = { ...postTo("http://127.0.0.1:9/"), path: "/" };
    const options = { request, clock: realClock, deadline: deadline.signal, maxReplyBytes: 1, ...SHORT_LIMITS };
    const end = await exchange(connection, options);
    cancel();
    connection.destroy();
    assert.deepEqual(end.result, { kind: "failed", reason: "connectionLost" });
    assert.equal(connects, 1);
  });
});

describe("createConnectionPool", () => {
  it("keeps no connection that is not open", () => {
    const connector = async (): Promise<Socket> => await Promise.resolve(new Socket());
    const pool = createConnectionPool({ ...OPTIONS, connector }, { idlePerOrigin: 1, idleInAll: 1 });
    const first = pool.take("http://127.0.0.1:9");
    pool.give(first);
    assert.notEqual(pool.take("http://127.0.0.1:9"), first);
    pool.close();
  });
});
