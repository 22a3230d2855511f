import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { type Clock, systemClock } from "../clock.ts";
import type { Scope } from "../store/records.ts";
import { mayCall } from "./keyring.ts";
import { ROUTE_SHAPES } from "./route-shapes.ts";
import { startTestServer, type TestServer } from "./test-server.fixture.ts";

const DAY_MS = 86_400_000;

describe("API keys", () => {
  let server: TestServer;
  let offsetMs = 0;
  const clock: Clock = { ...systemClock, nowMs: () => systemClock.nowMs() + offsetMs };
  before(async () => {
    server = await startTestServer({ clock });
  });
  after(async () => {
    await server.close();
  });

  const make = async (scopes: readonly Scope[], more: object = {}, key?: string) =>
    await server.call("/v1/keys", {
      method: "POST",
      body: { name: scopes.join(" "), scopes, ...more },
      ...(key === undefined ? {} : { key }),
    });

  it("are shown once and never again, and stand in no table as they are", async () => {
    const made = await make(["events:read"]);
    assert.equal(made.status, 201);
    const key = String(made.body["key"]);
    assert.match(key, /^sfk_[0-9A-Za-z]{28}$/);
    const list = await server.call("/v1/keys");
    assert.ok(!list.text.includes(key));
    assert.equal(list.text.includes('"hash"'), false);
    for (const line of server.logLines) assert.ok(!line.includes(key));
  });

  it("answers 401 with WWW-Authenticate without a key, with an unknown one, and for other schemes", async () => {
    for (const authorization of [undefined, "Bearer", "Bearer x", `Basic ${server.key}`, server.key, "Bearer a b"]) {
      const headers = authorization === undefined ? {} : { authorization };
      const answer = await server.call("/v1/customers", { key: null, headers });
      assert.equal(answer.status, 401, authorization);
      assert.match(answer.headers.get("www-authenticate") ?? "", /^Bearer/);
    }
  });

  it("refuses a revoked key at once, and revoking is repeatable", async () => {
    const made = await make(["customers:read"]);
    const key = String(made.body["key"]);
    assert.equal((await server.call("/v1/customers", { key })).status, 200);
    const path = `/v1/keys/${String(made.body["id"])}`;
    assert.equal((await server.call(path, { method: "DELETE" })).status, 204);
    assert.equal((await server.call("/v1/customers", { key })).status, 401);
    assert.equal((await server.call(path, { method: "DELETE" })).status, 204);
  });

  it("lets a key be rotated: the old and the new one are live together, until the old is refused within a second", async () => {
    const [first, second] = [await make(["customers:read"]), await make(["customers:read"])];
    const statusOf = async (made: typeof first) =>
      (await server.call("/v1/customers", { key: String(made.body["key"]) })).status;
    assert.deepEqual([await statusOf(first), await statusOf(second)], [200, 200]);
    const startMs = systemClock.monotonicMs();
    await server.call(`/v1/keys/${String(first.body["id"])}`, { method: "DELETE" });
    assert.equal(await statusOf(first), 401);
    assert.ok(systemClock.monotonicMs() - startMs < 1_000);
    assert.equal(await statusOf(second), 200);
  });

  it("refuses an expired key, and to make one that is expired already", async () => {
    // On a server of its own: a store's clock never runs back.
    const late = await startTestServer({ clock });
    try {
      const body = { name: "k", scopes: ["customers:read"], expiresAt: new Date(clock.nowMs() + DAY_MS).toISOString() };
      const key = String((await late.call("/v1/keys", { method: "POST", body })).body["key"]);
      assert.equal((await late.call("/v1/customers", { key })).status, 200);
      offsetMs = DAY_MS + 1;
      assert.equal((await late.call("/v1/customers", { key })).status, 401);
    } finally {
      offsetMs = 0;
      await late.close();
    }
    for (const expiresAt of ["2020-01-01T00:00:00Z", "2027-02-31T99:00:00Z"]) {
      assert.equal((await make(["customers:read"], { expiresAt })).status, 400);
    }
  });

  it("records the last use, at most once a minute", { timeout: 20_000 }, async () => {
    const made = await make(["customers:read"]);
    const key = String(made.body["key"]);
    const lastUsed = async (): Promise<unknown> => {
      const { body } = await server.call("/v1/keys?limit=500");
      return (body["items"] as { id: string; lastUsedAt: string | null }[]).find((one) => one.id === made.body["id"])
        ?.lastUsedAt;
    };
    assert.equal(await lastUsed(), null);
    await server.call("/v1/customers", { key });
    let first = await lastUsed();
    while (first === null) first = await lastUsed();
    offsetMs = 59_000;
    await server.call("/v1/customers", { key });
    assert.equal(await lastUsed(), first);
    offsetMs = 61_000;
    await server.call("/v1/customers", { key });
    while ((await lastUsed()) === first) await server.call("/healthz");
    offsetMs = 0;
  });

  it("gives no key a scope that its maker does not hold", async () => {
    const maker = String((await make(["keys:write", "events:read"])).body["key"]);
    assert.equal((await make(["events:read"], {}, maker)).status, 201);
    for (const scope of ["admin", "root", "customers:read"] as const) {
      const refused = await make([scope], {}, maker);
      assert.deepEqual([refused.status, refused.body["code"]], [403, "forbidden"], scope);
    }
    const admin = String((await make(["admin"])).body["key"]);
    assert.equal((await make(["root"], {}, admin)).status, 403);
    assert.equal((await make(["admin"], {}, admin)).status, 201);
  });

  it("lets no key revoke one that has more scopes, the root key above all", async () => {
    const maker = String((await make(["keys:write"])).body["key"]);
    const { body } = await server.call("/v1/keys?limit=500");
    const root = (body["items"] as { id: string }[]).find((one) => one.id.startsWith("root_"));
    assert.ok(root);
    assert.equal((await server.call(`/v1/keys/${root.id}`, { method: "DELETE", key: maker })).status, 403);
    assert.equal((await server.call("/v1/customers")).status, 200);
  });

  it("gives each scope what its name says and nothing else", () => {
    const routesOf = (scope: Scope) =>
      ROUTE_SHAPES.filter((one) => one.scopes !== "public" && mayCall({ scopes: [scope] }, one)).map(
        (one) => one.operationId,
      );
    assert.deepEqual(routesOf("authenticate"), [
      "authenticate",
      "verifyAuthentication",
      "verifyAuthenticationAsVendor",
      "createCaptureSession",
      "readCaptureSession",
      "closeCaptureSession",
    ]);
    assert.deepEqual(routesOf("customers:read"), ["listCustomers", "readCustomer", "readCaptureSession"]);
    assert.deepEqual(routesOf("endpoints:read"), ["listEndpoints", "readEndpoint"]);
    const ofDeliveries = ["listDeliveries", "readDelivery", "retryDelivery"];
    const ofReplays = ["createReplay", "previewReplay", "listReplays", "readReplay", "cancelReplay"];
    const ofStreams = ["nextOfStream", "signForStream"];
    assert.deepEqual(routesOf("deliveries:write"), [...ofStreams, ...ofDeliveries, ...ofReplays]);
    assert.deepEqual(routesOf("policy:write"), ["readPolicy", "writePolicy", "previewPolicy", "readQuotas"]);
    assert.deepEqual(routesOf("keys:write"), ["createKey", "listKeys", "revokeKey"]);
    assert.deepEqual(routesOf("audit:read"), ["readPolicy", "readQuotas", "listAudit"]);
    const all = ROUTE_SHAPES.filter((one) => one.scopes !== "public").map((one) => one.operationId);
    assert.deepEqual(routesOf("root"), all);
    assert.deepEqual(
      routesOf("admin"),
      all.filter((one) => !["createTenant", "listTenants", "writeQuotas", "readTenantQuotas"].includes(one)),
    );
  });
});

describe("tenants", () => {
  let server: TestServer;
  let other: string;
  before(async () => {
    server = await startTestServer();
    const made = await server.call("/v1/tenants", { method: "POST", body: { name: "other" } });
    assert.equal(made.status, 201, made.text);
    other = String(made.body["key"]);
  });
  after(async () => {
    await server.close();
  });

  it("are made by root alone, each name once", async () => {
    assert.equal((await server.call("/v1/tenants", { method: "POST", body: { name: "x" }, key: other })).status, 403);
    const again = await server.call("/v1/tenants", { method: "POST", body: { name: "other" } });
    assert.deepEqual([again.status, again.body["code"]], [409, "nameTaken"]);
    const { body } = await server.call("/v1/tenants");
    assert.deepEqual((body["items"] as { name: string }[]).map((one) => one.name).sort(), ["default", "other"]);
  });

  it("keep policies of their own", async () => {
    await server.call("/v1/policy", { method: "PUT", body: { thresholds: { match: "strict" } }, key: other });
    assert.deepEqual((await server.call("/v1/policy")).body["thresholds"], { match: "balanced" });
    assert.deepEqual((await server.call("/v1/policy", { key: other })).body["thresholds"], { match: "strict" });
  });
});
