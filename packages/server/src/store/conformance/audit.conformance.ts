import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ALL, AUDIT, addEndpoint, everyPage, newId, type OpenStore, openBench, TENANT } from "./bench.fixture.ts";

export function auditConformance(open: OpenStore): void {
  describe("audit", () => {
    it("chains its rows per tenant: each hash follows from the one before", async () => {
      await using bench = await openBench(open);
      const { store } = bench;
      for (let n = 0; n < 3; n += 1) {
        const entry = { ...AUDIT, actor: `key:${n}`, details: { z: n, a: null, b: true } };
        await store.writePolicy({ tenantId: TENANT, policy: "{}", audit: entry });
      }
      const rows = await everyPage(async (after) => await store.listAudit({ tenantId: TENANT, after, limit: 2 }));
      assert.deepEqual(
        rows.map((row) => row.sequence),
        [1, 2, 3, 4],
      );
      assert.deepEqual(rows.at(-1)?.details, { a: null, b: true, z: 2 });
      const last = rows.at(-1);
      assert.deepEqual([last?.actor, last?.atMs], ["key:2", bench.nowMs()]);
      assert.equal(new Set(rows.map((row) => row.hash)).size, 4);
      assert.ok(rows.every((row) => /^[0-9a-f]{64}$/.test(row.hash)));
    });

    it("keeps one unbroken chain under concurrent writers", async () => {
      await using bench = await openBench(open);
      const { store } = bench;
      const write = async (): Promise<void> => {
        await store.writePolicy({ tenantId: TENANT, policy: newId(), audit: AUDIT });
      };
      await Promise.all(Array.from({ length: 50 }, write));
      const { items } = await store.listAudit({ tenantId: TENANT, ...ALL });
      assert.deepEqual(
        items.map((row) => row.sequence),
        Array.from({ length: 51 }, (_, n) => n + 1),
      );
    });

    it("leaves no row for what was refused", async () => {
      await using bench = await openBench(open);
      const { store } = bench;
      const where = { tenantId: TENANT, audit: AUDIT };
      await store.createTenant({ tenantId: "t2", name: "Tenant A", audit: AUDIT });
      await store.revokeKey({ ...where, keyId: newId() });
      await store.deleteEndpoint({ ...where, endpointId: newId() });
      await store.retryDelivery({ ...where, deliveryId: newId() });
      const endpointId = await addEndpoint(bench);
      await assert.rejects(addEndpoint(bench, { endpointId }), { code: "conflict" });
      assert.equal((await store.listAudit({ tenantId: TENANT, ...ALL })).items.length, 2);
      assert.deepEqual((await store.listAudit({ tenantId: "t2", ...ALL })).items, []);
    });
  });
}
