import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { type AddressGuard, type AddressGuardOptions, createAddressGuard } from "./address-guard.ts";
import { readSsrfRows } from "./corpora.fixture.ts";
import { countSockets } from "./count-sockets.fixture.ts";
import { checkEndpointUrl, type Target, targetOf } from "./endpoint-url.ts";
import { type FaultServer, reply, startFaultServer } from "./fault-server.fixture.ts";
import { loopbackSender, networksOf, postTo, stubResolver } from "./sender.fixture.ts";

const rows = readSsrfRows("name");

describe("createAddressGuard", () => {
  it("judges every name of the corpus as labelled, at registration and at connect", {
    skip: rows === null && "1 skipped: no corpora",
  }, async () => {
    for (const row of rows ?? []) {
      assert.ok(row.answers !== undefined);
      const guard = guardOf({ resolver: stubResolver({ [row.input]: row.answers }) });
      const url = checkEndpointUrl(`https://${row.input}/`, { allowedNetworks: [] });
      const target = { protocol: "https:", hostname: row.input, port: 443 };
      const verdicts = [await guard.vet(target), await guard.vet(target)].map((vetted) => vetted.kind === "addresses");
      // A name that the URL rules refuse is refused by the guard as well: the connector relies on nobody.
      if (!url.ok) assert.deepEqual(verdicts, [false, false], row.why);
      assert.equal(verdicts.every(Boolean), row.expect === "allow", row.why);
    }
    assert.equal(rows?.length, 32);
  });

  it("answers the addresses of localhost that the setting names, and asks nobody for them", async () => {
    const resolver = stubResolver({ localhost: [["93.184.216.34"]] });
    const vetted = async (networks: string): Promise<unknown> =>
      await guardOf({ resolver, allowedNetworks: networksOf(networks) }).vet(targetAt("http://localhost:9000/"));
    assert.deepEqual(await vetted("127.0.0.0/8"), { kind: "addresses", addresses: ["127.0.0.1"] });
    assert.deepEqual(await vetted("::1/128"), { kind: "addresses", addresses: ["::1"] });
    assert.deepEqual(await vetted("127.0.0.0/8,::1/128"), { kind: "addresses", addresses: ["127.0.0.1", "::1"] });
    assert.deepEqual(await vetted("10.0.0.0/8"), { kind: "failed", reason: "blockedAddress" });
  });

  it("lets http, literals, high ports and single labels lead into the allowed networks only", async () => {
    const resolver = stubResolver({
      receiver: [["10.1.2.3"]],
      public: [["93.184.216.34"]],
      "hooks.example.com": [["93.184.216.34"]],
      "inside.example.com": [["10.1.2.3"]],
    });
    const guard = guardOf({ resolver, allowedNetworks: networksOf("10.0.0.0/8") });
    for (const [url, expected] of [
      ["http://receiver:3000/", true],
      ["http://public:3000/", false],
      ["http://10.1.2.3:3000/", true],
      ["https://8.8.8.8/", false],
      ["http://hooks.example.com:3000/", false],
      ["https://hooks.example.com:3000/", false],
      ["https://hooks.example.com/", true],
      ["https://inside.example.com/", true],
      ["http://inside.example.com:3000/", true],
      ["https://127.0.0.1/", false],
    ] as const) {
      assert.equal((await guard.vet(targetAt(url))).kind === "addresses", expected, url);
    }
  });

  it("hands on why a name has no address", async () => {
    for (const reason of ["nameNotFound", "nameServerFailed", "nameTimeout"] as const) {
      const guard = guardOf({ resolver: { resolve: async () => await Promise.resolve({ kind: "failed", reason }) } });
      assert.deepEqual(await guard.vet(targetAt("https://hooks.example.com/")), { kind: "failed", reason });
    }
    const empty = guardOf({ resolver: stubResolver({ "hooks.example.com": [[]] }) });
    assert.deepEqual(await empty.vet(targetAt("https://hooks.example.com/")), {
      kind: "failed",
      reason: "nameNotFound",
    });
  });

  it("refuses what this process itself listens on, also on all interfaces", () => {
    const permitted = (address: string, listener: string, port = 8080): boolean =>
      guardOf({
        allowedNetworks: networksOf("127.0.0.0/8,::1/128,10.0.0.0/8"),
        ownListeners: () => [{ address: listener, port: 8080 }],
        ownAddresses: () => ["10.0.0.5"],
      }).permits(address, { protocol: "http:", hostname: address, port });
    assert.equal(permitted("127.0.0.1", "127.0.0.1"), false);
    assert.equal(permitted("127.0.0.2", "127.0.0.1"), true);
    assert.equal(permitted("127.0.0.1", "127.0.0.1", 8081), true);
    for (const address of ["127.0.0.1", "127.9.9.9", "::1", "10.0.0.5"]) {
      assert.equal(permitted(address, "0.0.0.0"), false, address);
      assert.equal(permitted(address, "::"), false, address);
    }
    assert.equal(permitted("10.0.0.6", "0.0.0.0"), true);
  });
});

describe("createConnector behind the guard", () => {
  let canary: FaultServer;
  before(async () => {
    canary = await startFaultServer((socket) => socket.write(reply(200)));
  });
  after(async () => {
    await canary.close();
  });

  it("opens no socket to any refused address of the corpus", {
    skip: rows === null && "1 skipped: no corpora",
  }, async () => {
    // A name that was refused at registration and is harmless later is not stored, so nothing is ever sent to it.
    const stored = (rows ?? []).filter((row) => row.expect === "refuse" && row.input !== "inward-first.example.com");
    for (const row of stored) {
      // The first answer was that of the registration.
      const resolver = stubResolver({ [row.input]: [row.answers?.[1] ?? []] });
      const opened = await countSockets(async () => {
        const sender = loopbackSender({ resolver, allowedNetworks: [] });
        const result = await sender.send(postTo(`https://${row.input}/`));
        assert.equal(result.kind, "failed", row.why);
        sender.close();
      });
      assert.equal(opened, 0, row.why);
    }
  });

  it("opens no socket to loopback by default, whatever leads there", async () => {
    const names = { "loop.example.com": [["127.0.0.1"]], "six.example.com": [["::1"]] };
    const sender = loopbackSender({ resolver: stubResolver(names), allowedNetworks: [] });
    const opened = await countSockets(async () => {
      for (const url of [
        canary.url,
        `https://localhost:${canary.port}/`,
        "https://127.0.0.1/",
        "https://loop.example.com/",
        "https://six.example.com:8443/",
      ]) {
        assert.equal((await sender.send(postTo(url))).kind, "failed", url);
      }
    });
    assert.equal(opened, 0);
    assert.equal(canary.connections, 0);
  });

  it("refuses at connect a name that was public when it was registered", async () => {
    const resolver = stubResolver({ "flip.example.com": [["93.184.216.34"], ["127.0.0.1"]] });
    const sender = loopbackSender({ resolver, allowedNetworks: [] });
    const registered = await sender.guard.vet(targetAt("https://flip.example.com/"));
    assert.deepEqual(registered, { kind: "addresses", addresses: ["93.184.216.34"] });
    const opened = await countSockets(async () => {
      const result = await sender.send(postTo("https://flip.example.com/"));
      assert.deepEqual(result, { kind: "failed", reason: "blockedAddress" });
    });
    assert.equal(opened, 0);
  });

  it("judges the address that the socket is connected to, and sends it nothing", async () => {
    // Linux connects 0.0.0.0 to loopback: what was asked for is allowed here, what was reached is not.
    const sender = loopbackSender({ allowedNetworks: networksOf("0.0.0.0/8") });
    const result = await sender.send(postTo(`http://0.0.0.0:${canary.port}/`));
    assert.deepEqual(result, { kind: "failed", reason: "blockedAddress" });
    assert.equal(canary.bytesIn, 0);
    assert.equal(canary.requests.length, 0);
  });

  it("does not send to its own listener although its network is allowed", async () => {
    const own = await startFaultServer((socket) => socket.write(reply(200)));
    const sender = loopbackSender({ ownListeners: () => [{ address: "127.0.0.1", port: own.port }] });
    assert.deepEqual(await sender.send(postTo(own.url)), { kind: "failed", reason: "blockedAddress" });
    assert.equal(own.connections, 0);
    await own.close();
  });

  it("gets past a dead address to one that answers", async () => {
    const resolver = stubResolver({ "two.example.com": [["127.0.0.2", "127.0.0.1"]] });
    const sender = loopbackSender({ resolver });
    const opened = await countSockets(async () => {
      const result = await sender.send(postTo(`http://two.example.com:${canary.port}/`));
      assert.ok(result.kind === "replied" && result.acknowledged);
    });
    // Also the proof that the count of the tests above counts.
    assert.equal(opened, 1);
    sender.close();
  });

  it("tries the first four of five hundred addresses and no more", async () => {
    const dead = Array.from({ length: 500 }, (_, index) => `127.1.${Math.floor(index / 250)}.${(index % 250) + 1}`);
    const names = {
      "fourth.example.com": [[...dead.slice(0, 3), "127.0.0.1", ...dead]],
      "fifth.example.com": [[...dead.slice(0, 4), "127.0.0.1", ...dead]],
    };
    const sender = loopbackSender({ resolver: stubResolver(names) });
    const fourth = await sender.send(postTo(`http://fourth.example.com:${canary.port}/`));
    assert.equal(fourth.kind, "replied");
    const fifth = await sender.send(postTo(`http://fifth.example.com:${canary.port}/`));
    assert.deepEqual(fifth, { kind: "failed", reason: "connectionRefused" });
    sender.close();
  });

  it("gives up a connection that is never completed at the connect deadline", async () => {
    // TLS is waited for in vain: a plain server that accepts and says nothing.
    const silent = await startFaultServer(() => undefined);
    const sender = loopbackSender();
    const startedMs = performance.now();
    const result = await sender.send(postTo(`https://127.0.0.1:${silent.port}/`));
    assert.deepEqual(result, { kind: "failed", reason: "connectTimeout" });
    assert.ok(performance.now() - startedMs < 1_100);
    await silent.idle();
    await silent.close();
  });
});

function guardOf(options: Partial<AddressGuardOptions>): AddressGuard {
  return createAddressGuard({
    resolver: stubResolver({}),
    allowedNetworks: [],
    ownListeners: () => [],
    ownAddresses: () => [],
    ...options,
  });
}

function targetAt(url: string): Target {
  return targetOf(new URL(url));
}
