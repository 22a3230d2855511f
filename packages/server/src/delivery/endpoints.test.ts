import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";
import { isSampleName, parsePublicKey, parseSigningKey, SAMPLES, sample } from "@sameface/contract";
import { realRandom } from "./claimed.fixture.ts";
import { ASKED, type DeliveryStore, openDeliveryStore, PLAIN_SETTINGS } from "./delivery-store.fixture.ts";
import { createEndpoints, type Endpoints, type NewEndpointSettings } from "./endpoints.ts";
import { realClock } from "./real-clock.fixture.ts";
import type { Lookup } from "./resolver.ts";
import { openHeaders, openSigningKeys } from "./sealed-endpoint.ts";
import { loopbackSender, networksOf } from "./sender.fixture.ts";

const SETTINGS: NewEndpointSettings = { ...PLAIN_SETTINGS, url: "https://hooks.example.com/in" };

describe("createEndpoints", () => {
  let at: DeliveryStore;
  beforeEach(async () => {
    at = await openDeliveryStore();
  });
  afterEach(async () => {
    await at.close();
  });
  const serviceOf = (lookup: Lookup, networks = ""): Endpoints => {
    const allowedNetworks = networksOf(networks);
    const resolver = { resolve: async () => await Promise.resolve(lookup) };
    const { guard, send } = loopbackSender({ allowedNetworks, resolver });
    const world = { random: realRandom, clock: realClock, version: "1.2.3" };
    return createEndpoints({ ...world, store: at.store, vault: at.vault, allowedNetworks, guard, send });
  };
  const publicly = (): Endpoints => serviceOf({ kind: "addresses", addresses: ["93.184.216.34"] });

  it("makes one secret of each kind, tells them once, and stores them sealed", async () => {
    const added = await publicly().add({ ...ASKED, ...SETTINGS });
    assert.ok(added.kind === "added");
    const { endpoint, secret, publicKey } = added;
    assert.match(secret, /^whsec_/);
    assert.match(publicKey, /^whpk_/);
    assert.deepEqual(
      new Map(endpoint.secrets.map((one) => [one.kind, one.publicKey])),
      new Map([
        ["hmac", null],
        ["ed25519", publicKey],
      ]),
    );
    const [hmac, ed25519] = openSigningKeys(endpoint, at.vault);
    assert.deepEqual(hmac, parseSigningKey(secret));
    assert.ok(ed25519?.version === "v1a");
    assert.deepEqual(ed25519.publicKey, parsePublicKey(publicKey).publicKey);
    const stored = Buffer.concat(endpoint.secrets.map((one) => one.sealed)).toString("latin1");
    assert.ok(!stored.includes(secret.slice(6)) && !stored.includes("whsk_"));
  });

  it("stores the canonical URL and enables the endpoint at once", async () => {
    const added = await publicly().add({ ...ASKED, ...SETTINGS, url: "HTTPS://Hooks.Example.com:443/in" });
    assert.ok(added.kind === "added");
    assert.equal(added.endpoint.url, "https://hooks.example.com/in");
    assert.equal(added.endpoint.enabled, true);
  });

  it("refuses a URL by its text with the canonical form and the setting", async () => {
    const refused = await publicly().add({ ...ASKED, ...SETTINGS, url: "https://0x7f.1/" });
    assert.ok(refused.kind === "refused");
    assert.equal(refused.field, "url");
    assert.equal(refused.canonical, "https://127.0.0.1/");
    assert.match(refused.message, /SAMEFACE_ALLOWED_PRIVATE_NETWORKS/);
  });

  it("refuses a name of which any address is private, and names the setting", async () => {
    for (const addresses of [["10.0.0.5"], ["93.184.216.34", "10.0.0.5"], ["::ffff:8.8.8.8"], ["garbage"]]) {
      const refused = await serviceOf({ kind: "addresses", addresses }).add({ ...ASKED, ...SETTINGS });
      assert.ok(refused.kind === "refused", addresses.join());
      assert.match(refused.message, /SAMEFACE_ALLOWED_PRIVATE_NETWORKS/);
    }
    const inside = await serviceOf({ kind: "addresses", addresses: ["10.0.0.5"] }, "10.0.0.0/8").add({
      ...ASKED,
      ...SETTINGS,
    });
    assert.equal(inside.kind, "added");
  });

  it("accepts a name that does not resolve now", async () => {
    for (const reason of ["nameNotFound", "nameServerFailed", "nameTimeout"] as const) {
      const added = await serviceOf({ kind: "failed", reason }).add({ ...ASKED, ...SETTINGS });
      assert.equal(added.kind, "added");
    }
  });

  it("stores nothing of what it refuses", async () => {
    await publicly().add({ ...ASKED, ...SETTINGS, url: "http://hooks.example.com/" });
    await publicly().add({ ...ASKED, ...SETTINGS, headers: { host: "x" } });
    const { items } = await at.store.listEndpoints({ tenantId: "default", after: null, limit: 10 });
    assert.deepEqual(items, []);
  });

  it("keeps own headers sealed and refuses those that are ours, without repeating a value", async () => {
    const added = await publicly().add({ ...ASKED, ...SETTINGS, headers: { Authorization: "Bearer canary" } });
    assert.ok(added.kind === "added");
    assert.deepEqual(openHeaders(added.endpoint, at.vault), { authorization: "Bearer canary" });
    assert.ok(!JSON.stringify(added.endpoint).includes("canary"));
    const refused = await publicly().add({ ...ASKED, ...SETTINGS, headers: { "webhook-id": "canary" } });
    assert.ok(refused.kind === "refused" && refused.field === "headers");
    assert.ok(!refused.message.includes("canary"));
  });

  it("changes what is named, leaves the rest, and judges a new URL and headers as it did the first", async () => {
    const service = publicly();
    const added = await service.add({ ...ASKED, ...SETTINGS, headers: { "x-a": "1" }, description: "first" });
    assert.ok(added.kind === "added");
    const ref = { ...ASKED, endpointId: added.endpoint.endpointId };
    const changed = await service.update({ ...ref, settings: { profile: "incode", outcomes: ["passed"] } });
    assert.ok(changed !== null && !("kind" in changed));
    assert.deepEqual([changed.profile, changed.outcomes, changed.description], ["incode", ["passed"], "first"]);
    assert.deepEqual(openHeaders(changed, at.vault), { "x-a": "1" });
    const bare = await service.update({ ...ref, settings: { headers: null } });
    assert.ok(bare !== null && !("kind" in bare) && bare.sealedHeaders === null);
    const wrongUrl = await service.update({ ...ref, settings: { url: "https://127.0.0.1/" } });
    assert.ok(wrongUrl !== null && "kind" in wrongUrl && wrongUrl.field === "url");
    const wrongHeader = await service.update({ ...ref, settings: { headers: { host: "x" } } });
    assert.ok(wrongHeader !== null && "kind" in wrongHeader && wrongHeader.field === "headers");
    const still = await at.store.readEndpoint({ tenantId: "default", endpointId: ref.endpointId });
    assert.equal(still?.url, SETTINGS.url);
  });

  it("disables as the operator, enables, removes, and answers nothing for an endpoint of another tenant", async () => {
    const service = publicly();
    const added = await service.add({ ...ASKED, ...SETTINGS });
    assert.ok(added.kind === "added");
    const ref = { ...ASKED, endpointId: added.endpoint.endpointId };
    const foreign = { ...ref, tenantId: "other" };
    assert.equal((await service.disable(ref))?.disabledReason, "operator");
    const enabled = await service.enable(ref);
    assert.ok(enabled !== null && !("kind" in enabled) && enabled.disabledReason === null);
    assert.equal(await service.disable(foreign), null);
    assert.equal(await service.update({ ...foreign, settings: { profile: "incode" } }), null);
    assert.equal(await service.test({ ...foreign, sample: "passed" }), null);
    assert.equal(await service.remove(foreign), false);
    assert.equal(await service.remove(ref), true);
    assert.equal(await service.remove(ref), false);
  });

  it("sends each golden sample as a test whose id says so", async () => {
    const service = publicly();
    const added = await service.add({ ...ASKED, ...SETTINGS, outcomes: ["spoof"] });
    assert.ok(added.kind === "added");
    for (const name of Object.keys(SAMPLES)) {
      assert.ok(isSampleName(name));
      const delivery = await service.test({ ...ASKED, endpointId: added.endpoint.endpointId, sample: name });
      assert.ok(delivery !== null);
      assert.match(delivery.eventId, /^test_[0-9a-f]{24}$/);
      assert.equal(delivery.test, true);
      assert.equal(delivery.status, "pending");
      const event = await at.store.readEvent({ tenantId: "default", eventId: delivery.eventId });
      assert.deepEqual(event?.body, sample(name).body);
      assert.equal(event.outcome, sample(name).outcome);
    }
  });

  it("leaves an audit row for each change, without a secret, a header or a URL", async () => {
    const service = publicly();
    const added = await service.add({ ...ASKED, ...SETTINGS, headers: { authorization: "canary" } });
    assert.ok(added.kind === "added");
    const ref = { ...ASKED, endpointId: added.endpoint.endpointId };
    await service.update({ ...ref, settings: { headers: { authorization: "canary" }, description: "canary" } });
    await service.disable(ref);
    await service.enable(ref);
    await service.test({ ...ref, sample: "passed" });
    await service.remove(ref);
    const { items } = await at.store.listAudit({ tenantId: "default", after: null, limit: 50 });
    const rows = items.filter((row) => row.target === `endpoint:${ref.endpointId}`);
    assert.deepEqual(rows.map((row) => row.action).sort(), [
      "endpoint.changed",
      "endpoint.created",
      "endpoint.deleted",
      "endpoint.disabled",
      "endpoint.enabled",
      "endpoint.tested",
    ]);
    assert.equal(rows.find((row) => row.action === "endpoint.changed")?.details["changed"], "description,headers");
    assert.ok(!JSON.stringify(rows).includes("canary"));
  });
});
