import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { StoreError } from "../store-error.ts";
import {
  AUDIT,
  addEndpoint,
  type Bench,
  decide,
  enrol,
  newDecision,
  newId,
  type OpenStore,
  openBench,
  random,
  refOf,
  TENANT,
} from "./bench.fixture.ts";

const NONE = { customers: null, endpoints: null, keys: null, pictureBytes: null } as const;
const REFUSED = { code: "quotaReached" } as const;

async function bound({ store }: Bench, most: Partial<Record<keyof typeof NONE, number>>): Promise<void> {
  assert.ok(await store.writeQuotas({ tenantId: TENANT, most: { ...NONE, ...most }, audit: AUDIT }));
}

async function addKey({ store }: Bench, tenantId = TENANT, isRoot?: true): Promise<string> {
  const keyId = newId();
  const key = { tenantId, keyId, name: "k", hash: newId(), scopes: [], expiresAtMs: null, audit: AUDIT };
  await store.createKey({ ...key, ...(isRoot === undefined ? {} : { isRoot }) });
  return keyId;
}

const used = async ({ store }: Bench, tenantId = TENANT) => (await store.readQuotas({ tenantId }))?.used;

export function quotaConformance(open: OpenStore): void {
  describe("quotas", () => {
    it("bound what a tenant may have, tell how much there is, and leave other tenants alone", async () => {
      await using bench = await openBench(open);
      await bench.store.createTenant({ tenantId: "tenant-b", name: "B", audit: AUDIT });
      assert.equal(await bench.store.writeQuotas({ tenantId: "nobody", most: NONE, audit: AUDIT }), false);
      assert.equal(await bench.store.readQuotas({ tenantId: "nobody" }), null);
      await bound(bench, { customers: 2, endpoints: 1, keys: 1, pictureBytes: 6_000 });
      for (const name of ["ann", "ben"]) await enrol(bench, refOf(name));
      await assert.rejects(enrol(bench, refOf("cleo")), REFUSED);
      await enrol(bench, refOf("ann"));
      await enrol(bench, refOf("ann"), { mode: "add" });
      await addEndpoint(bench);
      await assert.rejects(addEndpoint(bench), REFUSED);
      const keyId = await addKey(bench);
      await assert.rejects(addKey(bench), REFUSED);
      await addKey(bench, TENANT, true);
      const kept = { sealed: random.bytes(4_000), format: "png", orientation: 1, keepMs: 1_000 } as const;
      await decide(bench, { kept });
      const second = newDecision(refOf("dora"), { kept });
      await assert.rejects(bench.store.recordDecision(second), REFUSED);
      const { authenticationId } = second.authentication;
      assert.equal(await bench.store.readAuthentication({ tenantId: TENANT, authenticationId }), null);
      assert.deepEqual(await used(bench), { customers: 2, endpoints: 1, keys: 2, pictureBytes: 4_000 });
      assert.deepEqual((await bench.store.readQuotas({ tenantId: TENANT }))?.most.customers, 2);

      await addEndpoint(bench, { tenantId: "tenant-b" });
      await enrol(bench, refOf("cleo", "tenant-b"));
      await addKey(bench, "tenant-b");
      assert.deepEqual(await used(bench, "tenant-b"), { customers: 1, endpoints: 1, keys: 1, pictureBytes: 0 });

      await bench.store.eraseCustomer({ ...refOf("ben"), receiptId: newId(), audit: AUDIT });
      await enrol(bench, refOf("cleo"));
      await bench.store.revokeKey({ tenantId: TENANT, keyId, audit: AUDIT });
      await assert.rejects(addKey(bench), REFUSED, "the root's own key counts, too");
      await bound(bench, {});
      await enrol(bench, refOf("eve"));
      await addKey(bench);
    });

    it("give the last place to one of many who want it at once", async () => {
      await using bench = await openBench(open);
      await bound(bench, { customers: 3, endpoints: 3, keys: 3 });
      const wanted = Array.from({ length: 20 }, (_, n) => n);
      for (const add of [
        async (n: number) => await enrol(bench, refOf(`customer-${n}`)),
        async () => await addEndpoint(bench),
        async () => await addKey(bench),
      ]) {
        const ended = await Promise.allSettled(wanted.map(add));
        const refused = ended.flatMap((one) => (one.status === "rejected" ? [(one.reason as StoreError).code] : []));
        assert.deepEqual(
          refused,
          Array.from({ length: wanted.length - 3 }, () => "quotaReached"),
        );
      }
      assert.deepEqual(await used(bench), { customers: 3, endpoints: 3, keys: 3, pictureBytes: 0 });
    });
  });
}
