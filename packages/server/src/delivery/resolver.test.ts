import assert from "node:assert/strict";
import type { Socket } from "node:dgram";
import { after, describe, it } from "node:test";
import { DNS_CODES, DNS_TYPES, type NameAnswer, startNameServer } from "../../../../tests/faults/name-server.ts";
import { realClock } from "./real-clock.fixture.ts";
import { createResolver, type Lookup } from "./resolver.ts";

describe("createResolver", () => {
  const sockets: Socket[] = [];
  after(() => {
    for (const socket of sockets) socket.close();
  });
  const lookUp = async (answer: NameAnswer, name = "hooks.example.com"): Promise<{ lookup: Lookup; ms: number }> => {
    const server = await startNameServer(answer);
    sockets.push(server);
    const resolver = createResolver({
      clock: realClock,
      timeoutMs: 300,
      servers: [`127.0.0.1:${server.address().port}`],
    });
    const startedMs = performance.now();
    return { lookup: await resolver.resolve(name), ms: performance.now() - startedMs };
  };

  it("answers the addresses of both families", async () => {
    const { lookup } = await lookUp((type) => ({
      code: DNS_CODES.noError,
      addresses: type === DNS_TYPES.a ? ["93.184.216.34", "151.101.1.69"] : ["2606:4700:4700::1111"],
    }));
    assert.deepEqual(lookup, {
      kind: "addresses",
      addresses: ["93.184.216.34", "151.101.1.69", "2606:4700:4700::1111"],
    });
  });

  it("takes one family where the other has nothing, fails or is silent", async () => {
    for (const six of [{ code: DNS_CODES.noError }, { code: DNS_CODES.serverFailure }, null]) {
      const { lookup } = await lookUp((type) =>
        type === DNS_TYPES.a ? { code: DNS_CODES.noError, addresses: ["1.1.1.1"] } : six,
      );
      assert.deepEqual(lookup, { kind: "addresses", addresses: ["1.1.1.1"] });
    }
  });

  it("tells a name that is not there from a server that fails", async () => {
    for (const [code, reason] of [
      [DNS_CODES.noSuchName, "nameNotFound"],
      [DNS_CODES.noError, "nameNotFound"],
      [DNS_CODES.serverFailure, "nameServerFailed"],
      [DNS_CODES.refused, "nameServerFailed"],
    ] as const) {
      const { lookup } = await lookUp(() => ({ code }));
      assert.deepEqual(lookup, { kind: "failed", reason }, String(code));
    }
  });

  it("gives up a silent name server at its own deadline", async () => {
    const { lookup, ms } = await lookUp(() => null);
    assert.deepEqual(lookup, { kind: "failed", reason: "nameTimeout" });
    assert.ok(ms < 1_000, String(ms));
  });

  it("answers as many addresses as the name server gives", async () => {
    const many = Array.from({ length: 250 }, (_, index) => `93.184.${Math.floor(index / 100)}.${(index % 100) + 1}`);
    const { lookup } = await lookUp((type) => ({
      code: DNS_CODES.noError,
      addresses: type === DNS_TYPES.a ? many : [],
    }));
    assert.ok(lookup.kind === "addresses");
    assert.equal(lookup.addresses.length, 250);
  });

  it("reads no hosts file", async () => {
    const asked: string[] = [];
    const { lookup } = await lookUp((type, name) => {
      asked.push(name);
      return { code: DNS_CODES.noError, addresses: type === DNS_TYPES.a ? ["93.184.216.34"] : [] };
    }, "localhost.example");
    assert.deepEqual(lookup, { kind: "addresses", addresses: ["93.184.216.34"] });
    assert.ok(asked.every((name) => name === "localhost.example"));
  });

  it("never rejects for a name that is none", async () => {
    for (const name of ["", "a..b", "x".repeat(300), "a b"]) {
      const { lookup } = await lookUp(() => ({ code: DNS_CODES.noSuchName }), name);
      assert.equal(lookup.kind, "failed", JSON.stringify(name));
    }
  });
});
