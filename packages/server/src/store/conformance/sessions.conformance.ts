import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { AUDIT, newId, type OpenStore, openBench, TENANT } from "./bench.fixture.ts";

const HOUR_MS = 3_600_000;

export function sessionConformance(open: OpenStore): void {
  describe("sessions", () => {
    const addKey = async (bench: Awaited<ReturnType<typeof openBench>>): Promise<string> => {
      const keyId = newId();
      const key = { tenantId: TENANT, keyId, name: "k", hash: newId(), scopes: ["admin"] as const, expiresAtMs: null };
      await bench.store.createKey({ ...key, audit: AUDIT });
      return keyId;
    };

    it("finds a session by its hash with its key as that is now, and is told of its use", async () => {
      await using bench = await openBench(open);
      const { store } = bench;
      const keyId = await addKey(bench);
      const where = { tenantId: TENANT, hash: "ab".repeat(32) };
      const made = await store.createSession({ ...where, keyId, lifetimeMs: HOUR_MS, audit: AUDIT });
      const { createdAtMs, seenAtMs, expiresAtMs } = made;
      const startMs = bench.nowMs();
      assert.deepEqual([createdAtMs, seenAtMs, expiresAtMs], [startMs, startMs, startMs + HOUR_MS]);
      bench.advance(60_000);
      await store.touchSession(where);
      await store.revokeKey({ tenantId: TENANT, keyId, audit: AUDIT });
      const found = await store.findSession(where.hash);
      assert.deepEqual(found?.session, { ...made, seenAtMs: startMs + 60_000 });
      assert.deepEqual([found.key.keyId, found.key.revokedAtMs], [keyId, startMs + 60_000]);
      assert.equal(await store.findSession("cd".repeat(32)), null);
    });

    it("ends a session once, audited, and not by another tenant", async () => {
      await using bench = await openBench(open);
      const { store } = bench;
      const where = { tenantId: TENANT, hash: "ab".repeat(32) };
      await store.createSession({ ...where, keyId: await addKey(bench), lifetimeMs: HOUR_MS, audit: AUDIT });
      assert.equal(await store.endSession({ ...where, tenantId: "other", audit: AUDIT }), false);
      const audit = { ...AUDIT, action: "session.ended" };
      assert.equal(await store.endSession({ ...where, audit }), true);
      assert.equal(await store.endSession({ ...where, audit }), false);
      assert.equal(await store.findSession(where.hash), null);
      const { items } = await store.listAudit({ tenantId: TENANT, after: null, limit: 500 });
      assert.equal(items.filter((row) => row.action === "session.ended").length, 1);
    });

    it("takes what is over away when the next one is made", async () => {
      await using bench = await openBench(open);
      const { store } = bench;
      const keyId = await addKey(bench);
      const make = async (hash: string) =>
        await store.createSession({ tenantId: TENANT, hash, keyId, lifetimeMs: HOUR_MS, audit: AUDIT });
      await make("old");
      bench.advance(HOUR_MS - 1);
      await make("new");
      assert.notEqual(await store.findSession("old"), null);
      bench.advance(1);
      await make("newer");
      assert.equal(await store.findSession("old"), null);
      assert.notEqual(await store.findSession("new"), null);
    });
  });
}
