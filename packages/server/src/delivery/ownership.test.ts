import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";
import { parseVerifyKey, verify } from "@sameface/contract";
import type { Endpoint } from "../store/records.ts";
import { realRandom } from "./claimed.fixture.ts";
import { ASKED, type DeliveryStore, openDeliveryStore, PLAIN_SETTINGS } from "./delivery-store.fixture.ts";
import { createEndpoints, type Endpoints } from "./endpoints.ts";
import { type Behaviour, type FaultServer, reply, startFaultServer } from "./fault-server.fixture.ts";
import { realClock } from "./real-clock.fixture.ts";
import { loopbackSender, networksOf } from "./sender.fixture.ts";

const LESSER = { ...ASKED, actor: "key:lesser", admin: false };

/** What the receiver was asked, as it reads it. */
function challengeOf(body: Uint8Array): string {
  const { type, challenge } = JSON.parse(new TextDecoder().decode(body)) as { type: string; challenge: string };
  assert.equal(type, "endpoint.verify");
  return challenge;
}

describe("ownership of an endpoint", () => {
  let at: DeliveryStore;
  let servers: FaultServer[] = [];
  beforeEach(async () => {
    at = await openDeliveryStore();
  });
  afterEach(async () => {
    for (const server of servers.splice(0)) await server.close();
    await at.close();
  });
  const serve = async (behave: Behaviour): Promise<FaultServer> => {
    const server = await startFaultServer(behave);
    servers.push(server);
    return server;
  };
  const echoing: Behaviour = (socket, { body }) => {
    socket.write(reply(200, { body: JSON.stringify({ challenge: challengeOf(body) }) }));
  };
  /** A service to which loopback is outside of the allowed networks, although its requests arrive there. */
  const service = (): Endpoints => {
    const { guard } = loopbackSender({
      allowedNetworks: [],
      resolver: { resolve: async () => await Promise.resolve({ kind: "addresses", addresses: ["93.184.216.34"] }) },
    });
    const { send } = loopbackSender();
    const world = { vault: at.vault, random: realRandom, clock: realClock, version: "1.2.3" };
    const toReceiver: typeof send = async (request) => await send({ ...request, url: servers[0]?.url ?? request.url });
    return createEndpoints({ ...world, store: at.store, allowedNetworks: [], guard, send: toReceiver });
  };
  const URL = "https://hooks.example.com/in";
  const make = async (asked = LESSER): Promise<Endpoint> => {
    const added = await service().add({ ...asked, ...PLAIN_SETTINGS, url: URL });
    assert.ok(added.kind === "added");
    return added.endpoint;
  };
  const statusesOf = async (): Promise<readonly unknown[]> => {
    const where = { tenantId: "default", after: null, limit: 10, endpointId: null, status: null, eventId: null };
    return (await at.store.listDeliveries(where)).items.map((one) => [one.status, one.reason]);
  };
  const claimed = async (): Promise<number> =>
    (await at.store.claimDeliveries({ limit: 10, perEndpoint: 10, leaseMs: 1_000 })).length;

  it("holds everything of an endpoint made by a lesser key, until the echo of a signed challenge opens it", async () => {
    const server = await serve(echoing);
    const added = await service().add({ ...LESSER, ...PLAIN_SETTINGS, url: URL });
    assert.ok(added.kind === "added");
    const { endpointId } = added.endpoint;
    assert.deepEqual([added.endpoint.enabled, added.endpoint.disabledReason], [false, "unverified"]);
    await at.decide();
    assert.deepEqual([await statusesOf(), await claimed()], [[["held", "unverified"]], 0]);
    const verified = await service().verify({ ...LESSER, endpointId });
    assert.ok(verified !== null && !("kind" in verified));
    assert.deepEqual([verified.enabled, verified.unverifiedSinceMs], [true, null]);
    assert.deepEqual([await statusesOf(), await claimed()], [[["pending", null]], 1]);
    const [request] = server.requests;
    assert.ok(request !== undefined);
    assert.match(request.headers["webhook-id"] ?? "", /^test_/);
    assert.equal(request.headers["sameface-outcome"], undefined);
    for (const key of [added.secret, added.publicKey]) {
      const nowSeconds = Math.floor(Date.now() / 1000);
      const signed = { body: request.body, headers: request.headers, nowSeconds, keys: [parseVerifyKey(key)] };
      assert.ok((await verify(signed)).ok);
    }
  });

  it("opens for an admin's word too, and leaves an audit row of either way", async () => {
    await serve(echoing);
    const byWord = await make();
    const byEcho = await make();
    const service_ = service();
    assert.deepEqual(await service_.enable({ ...LESSER, endpointId: byWord.endpointId }), { kind: "unverified" });
    const confirmed = await service_.enable({ ...ASKED, endpointId: byWord.endpointId });
    assert.ok(confirmed !== null && !("kind" in confirmed) && confirmed.enabled);
    assert.equal(confirmed.unverifiedSinceMs, null);
    await service_.verify({ ...LESSER, endpointId: byEcho.endpointId });
    const { items } = await at.store.listAudit({ tenantId: "default", after: null, limit: 50 });
    const actions = items.filter((row) => row.target.startsWith("endpoint:")).map((row) => row.action);
    assert.deepEqual(actions.slice(2), ["endpoint.confirmed", "endpoint.verified"]);
  });

  it("stays shut for every other answer, and says why", async () => {
    const wrong: readonly (readonly [Behaviour, string])[] = [
      [(socket) => socket.write(reply(200)), "noEcho"],
      [(socket) => socket.write(reply(200, { body: '{"challenge":"guess"}' })), "noEcho"],
      [(socket) => socket.write(reply(200, { body: "null" })), "noEcho"],
      [(socket) => socket.write(reply(302, { headers: { location: "https://a.example/" } })), "redirect"],
      [(socket, { body }) => socket.write(reply(500, { body: new TextDecoder().decode(body) })), "serverError"],
      [(socket) => socket.destroy(), "connectionLost"],
    ];
    const { endpointId } = await make();
    for (const [behave, reason] of wrong) {
      servers = [await startFaultServer(behave)];
      const echo = await service().verify({ ...LESSER, endpointId });
      assert.ok(echo !== null && "kind" in echo, reason);
      assert.equal(echo.reason, reason);
      await servers.pop()?.close();
    }
    const still = await at.store.readEndpoint({ tenantId: "default", endpointId });
    assert.deepEqual([still?.enabled, still?.disabledReason], [false, "unverified"]);
  });

  it("is open at once when an admin makes it, or when it lies inside the allowed networks", async () => {
    assert.equal((await make(ASKED)).enabled, true);
    const inside = await at.endpoints.add({ ...LESSER, ...PLAIN_SETTINGS, url: "http://127.0.0.1:9000/" });
    assert.ok(inside.kind === "added" && inside.endpoint.enabled);
    const allowedNetworks = networksOf("10.0.0.0/8");
    const lookup = { kind: "addresses", addresses: ["93.184.216.34"] } as const;
    const { guard, send } = loopbackSender({
      allowedNetworks,
      resolver: { resolve: async () => await Promise.resolve(lookup) },
    });
    const world = { vault: at.vault, random: realRandom, clock: realClock, version: "1.2.3" };
    const other = createEndpoints({ ...world, store: at.store, allowedNetworks, guard, send });
    const outside = await other.add({ ...LESSER, ...PLAIN_SETTINGS, url: URL });
    assert.ok(outside.kind === "added" && !outside.endpoint.enabled, "a public name although a network is allowed");
  });

  it("asks for the proof again when a lesser key writes another URL in, and not for the same", async () => {
    const { endpointId } = await make(ASKED);
    const change = async (asked: typeof ASKED | typeof LESSER, url: string): Promise<Endpoint> => {
      const changed = await service().update({ ...asked, endpointId, settings: { url } });
      assert.ok(changed !== null && !("kind" in changed));
      return changed;
    };
    assert.equal((await change(LESSER, URL)).enabled, true);
    assert.equal((await change(LESSER, "https://other.example.com/")).disabledReason, "unverified");
    assert.equal((await change(ASKED, "https://third.example.com/")).enabled, true);
    await service().disable({ ...ASKED, endpointId });
    const moved = await change(LESSER, "https://fourth.example.com/");
    assert.equal(moved.disabledReason, "operator");
    assert.deepEqual(await service().enable({ ...LESSER, endpointId }), { kind: "unverified" });
  });

  it("opens nothing that an operator shut, and nothing whose URL changed while it was asked", async () => {
    await serve(echoing);
    const shut = await make();
    await service().disable({ ...LESSER, endpointId: shut.endpointId });
    const verified = await service().verify({ ...LESSER, endpointId: shut.endpointId });
    assert.ok(verified !== null && !("kind" in verified));
    assert.deepEqual([verified.disabledReason, verified.unverifiedSinceMs], ["operator", null]);

    const moving = await make();
    servers = [
      ...servers.splice(1),
      await startFaultServer((socket, { body }) => {
        const settings = { url: "https://evil.example.com/" };
        void service()
          .update({ ...LESSER, endpointId: moving.endpointId, settings })
          .then(() => socket.write(reply(200, { body: JSON.stringify({ challenge: challengeOf(body) }) })));
      }),
    ];
    assert.equal(await service().verify({ ...LESSER, endpointId: moving.endpointId }), null);
    const still = await at.store.readEndpoint({ tenantId: "default", endpointId: moving.endpointId });
    assert.equal(still?.enabled, false);
    assert.equal(await service().verify({ ...LESSER, endpointId: "0".repeat(24) }), null);
    assert.equal(await service().enable({ ...LESSER, endpointId: "0".repeat(24) }), null);
  });
});
