import assert from "node:assert/strict";
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { after, describe, it } from "node:test";
import { realClock } from "./real-clock.fixture.ts";
import { createResolver, type Lookup } from "./resolver.ts";

const TYPE_A = 1;
const TYPE_AAAA = 28;
const [NO_ERROR, SERVER_FAILURE, NO_SUCH_NAME, REFUSED] = [0, 2, 3, 5];

/** What the stub name server answers to a question of this type; `null`: nothing at all. */
type Answer = (type: number, name: string) => { code: number; addresses?: readonly string[] } | null;

describe("createResolver", () => {
  const sockets: Socket[] = [];
  after(() => {
    for (const socket of sockets) socket.close();
  });
  const lookUp = async (answer: Answer, name = "hooks.example.com"): Promise<{ lookup: Lookup; ms: number }> => {
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
      code: NO_ERROR,
      addresses: type === TYPE_A ? ["93.184.216.34", "151.101.1.69"] : ["2606:4700:4700::1111"],
    }));
    assert.deepEqual(lookup, {
      kind: "addresses",
      addresses: ["93.184.216.34", "151.101.1.69", "2606:4700:4700::1111"],
    });
  });

  it("takes one family where the other has nothing, fails or is silent", async () => {
    for (const six of [{ code: NO_ERROR }, { code: SERVER_FAILURE }, null]) {
      const { lookup } = await lookUp((type) => (type === TYPE_A ? { code: NO_ERROR, addresses: ["1.1.1.1"] } : six));
      assert.deepEqual(lookup, { kind: "addresses", addresses: ["1.1.1.1"] });
    }
  });

  it("tells a name that is not there from a server that fails", async () => {
    for (const [code, reason] of [
      [NO_SUCH_NAME, "nameNotFound"],
      [NO_ERROR, "nameNotFound"],
      [SERVER_FAILURE, "nameServerFailed"],
      [REFUSED, "nameServerFailed"],
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
    const { lookup } = await lookUp((type) => ({ code: NO_ERROR, addresses: type === TYPE_A ? many : [] }));
    assert.ok(lookup.kind === "addresses");
    assert.equal(lookup.addresses.length, 250);
  });

  it("reads no hosts file", async () => {
    const asked: string[] = [];
    const { lookup } = await lookUp((type, name) => {
      asked.push(name);
      return { code: NO_ERROR, addresses: type === TYPE_A ? ["93.184.216.34"] : [] };
    }, "localhost.example");
    assert.deepEqual(lookup, { kind: "addresses", addresses: ["93.184.216.34"] });
    assert.ok(asked.every((name) => name === "localhost.example"));
  });

  it("never rejects for a name that is none", async () => {
    for (const name of ["", "a..b", "x".repeat(300), "a b"]) {
      const { lookup } = await lookUp(() => ({ code: NO_SUCH_NAME }), name);
      assert.equal(lookup.kind, "failed", JSON.stringify(name));
    }
  });
});

async function startNameServer(answer: Answer): Promise<Socket> {
  const socket = createSocket("udp4");
  socket.on("message", (query, sender) => {
    const reply = replyTo(query, answer);
    if (reply !== null) socket.send(reply, sender.port, sender.address);
  });
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  return socket;
}

/** RFC 1035 §4: the header, the question as it came, and one resource record an address. */
function replyTo(query: Buffer, answer: Answer): Buffer | null {
  const labels: string[] = [];
  let at = 12;
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString("latin1", at + 1, at + 1 + length));
    at += 1 + length;
  }
  const type = query.readUInt16BE(at + 1);
  const answered = answer(type, labels.join("."));
  if (answered === null) return null;
  const records = (answered.addresses ?? []).map((address) => recordOf(type, address));
  const header = Buffer.from(query.subarray(0, 12));
  header.writeUInt16BE(0x8180 | answered.code, 2);
  header.writeUInt16BE(records.length, 6);
  header.writeUInt32BE(0, 8);
  return Buffer.concat([header, query.subarray(12, at + 5), ...records]);
}

function recordOf(type: number, address: string): Buffer {
  const data =
    type === TYPE_AAAA
      ? Buffer.from("26064700470000000000000000001111", "hex")
      : Buffer.from(address.split(".").map(Number));
  const head = Buffer.alloc(12);
  head.writeUInt16BE(0xc00c, 0);
  head.writeUInt16BE(type, 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt32BE(60, 6);
  head.writeUInt16BE(data.length, 10);
  return Buffer.concat([head, data]);
}
