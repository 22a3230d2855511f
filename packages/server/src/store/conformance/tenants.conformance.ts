import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ALL, AUDIT, everyPage, newId, type OpenStore, openBench, TENANT } from "./bench.fixture.ts";

export function tenantConformance(open: OpenStore): void {
  describe("tenants, keys, policy, meta", () => {
    it("makes a tenant once per name", async () => {
      await using bench = await openBench(open);
      const { store } = bench;
      const made = await store.createTenant({ tenantId: "t2", name: "Second", audit: AUDIT });
      assert.deepEqual(made, { tenantId: "t2", name: "Second", createdAtMs: bench.nowMs() });
      assert.deepEqual(await store.createTenant({ tenantId: "t3", name: "Second", audit: AUDIT }), {
        kind: "nameTaken",
      });
      const page = await store.listTenants(ALL);
      assert.deepEqual([page.items.map((tenant) => tenant.tenantId), page.next], [["t2", TENANT], null]);
    });

    it("lists tenants page by page, each once", async () => {
      await using bench = await openBench(open);
      const { store } = bench;
      for (let n = 0; n < 6; n += 1) await store.createTenant({ tenantId: `t${n}`, name: `T ${n}`, audit: AUDIT });
      const all = await everyPage(async (after) => await store.listTenants({ after, limit: 3 }));
      assert.deepEqual(
        all.map((tenant) => tenant.tenantId),
        ["t0", "t1", "t2", "t3", "t4", "t5", TENANT],
      );
    });

    it("finds a key by its hash, revoked and expired ones too, and keeps the first revocation", async () => {
      await using bench = await openBench(open);
      const { store } = bench;
      const keyId = newId();
      const scopes = ["authenticate", "events:read"] as const;
      const key = { tenantId: TENANT, keyId, name: "back end", hash: "ab".repeat(32), scopes, expiresAtMs: 5 };
      const made = await store.createKey({ ...key, audit: AUDIT });
      assert.deepEqual(await store.findKey(key.hash), made);
      assert.deepEqual([made.scopes, made.expiresAtMs, made.revokedAtMs, made.lastUsedAtMs], [scopes, 5, null, null]);
      assert.equal(await store.findKey("cd".repeat(32)), null);
      const revokedAtMs = bench.nowMs();
      assert.equal(await store.revokeKey({ tenantId: TENANT, keyId, audit: AUDIT }), true);
      bench.advance(1000);
      await store.revokeKey({ tenantId: TENANT, keyId, audit: AUDIT });
      await store.touchKey({ tenantId: TENANT, keyId });
      const found = await store.findKey(key.hash);
      assert.deepEqual([found?.revokedAtMs, found?.lastUsedAtMs], [revokedAtMs, revokedAtMs + 1000]);
      assert.equal(await store.revokeKey({ tenantId: TENANT, keyId: newId(), audit: AUDIT }), false);
    });

    it("keeps a policy per tenant, and tells never set from set", async () => {
      await using bench = await openBench(open);
      const { store } = bench;
      await store.createTenant({ tenantId: "t2", name: "Second", audit: AUDIT });
      assert.equal(await store.readPolicy({ tenantId: TENANT }), null);
      await store.writePolicy({ tenantId: TENANT, policy: "{}", audit: AUDIT });
      await store.writePolicy({ tenantId: TENANT, policy: '{"a":1}', audit: AUDIT });
      assert.equal(await store.readPolicy({ tenantId: TENANT }), '{"a":1}');
      assert.equal(await store.readPolicy({ tenantId: "t2" }), null);
    });

    it("writes a meta value once and answers the one that stands", async () => {
      await using bench = await openBench(open);
      const { store } = bench;
      assert.equal(await store.readMeta("check"), null);
      const [first, second] = await Promise.all([
        store.putMetaOnce("check", Uint8Array.of(1)),
        store.putMetaOnce("check", Uint8Array.of(2)),
      ]);
      assert.deepEqual([[...first], [...second]], [[1], [1]]);
      assert.deepEqual([...((await store.readMeta("check")) ?? [])], [1]);
    });

    it("answers a ping, and refuses everything once closed", async () => {
      await using bench = await openBench(open);
      const { store } = bench;
      await store.ping();
      await store.close();
      await assert.rejects(store.ping(), { code: "closed" });
      await assert.rejects(store.readMeta("x"), { code: "closed" });
      await store.close();
    });

    it("refuses a cursor that is garbage or of another list", async () => {
      await using bench = await openBench(open);
      const { store } = bench;
      await store.createTenant({ tenantId: "t2", name: "Second", audit: AUDIT });
      const { next } = await store.listTenants({ after: null, limit: 1 });
      assert.notEqual(next, null);
      for (const after of [next, "", "x", "W10", Buffer.from('["keys",1]').toString("base64url")]) {
        await assert.rejects(store.listKeys({ tenantId: TENANT, after, limit: 1 }), { code: "invalidCursor" });
      }
    });
  });
}
