import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Endpoint } from "../records.ts";
import type { NewSecret } from "../store.ts";
import { AUDIT, addEndpoint, type Bench, newId, type OpenStore, openBench, random, TENANT } from "./bench.fixture.ts";

const newPair = (name: string): readonly NewSecret[] => [
  { secretId: `${name}-h`, kind: "hmac", sealed: random.bytes(60), publicKey: null },
  { secretId: `${name}-e`, kind: "ed25519", sealed: random.bytes(60), publicKey: `whpk_${name}` },
];

/** Rotates; answers the ids of the secrets that sign then. */
async function rotate(
  { store }: Bench,
  endpointId: string,
  { name, overlapMs, mostLive = 10 }: { readonly name: string; readonly overlapMs: number; readonly mostLive?: number },
): Promise<readonly string[] | string | null> {
  const secrets = newPair(name);
  const done = await store.rotateSecrets({
    tenantId: TENANT,
    endpointId,
    secrets,
    overlapMs,
    mostLive,
    audit: AUDIT,
  });
  if (done === null) return null;
  return "kind" in done ? done.kind : idsOf(done);
}

const idsOf = (endpoint: Endpoint | null): readonly string[] =>
  (endpoint?.secrets ?? []).map((secret) => secret.secretId).toSorted();

export function rotationConformance(open: OpenStore): void {
  describe("rotation of secrets", () => {
    it("signs with both through the overlap and lets the old ones die at its end", async () => {
      await using bench = await openBench(open);
      const endpointId = await addEndpoint(bench, { secrets: newPair("a") });
      const live = async (): Promise<readonly string[]> =>
        idsOf(await bench.store.readEndpoint({ tenantId: TENANT, endpointId }));
      assert.deepEqual(await rotate(bench, endpointId, { name: "b", overlapMs: 1_000 }), ["a-e", "a-h", "b-e", "b-h"]);
      bench.advance(999);
      assert.equal((await live()).length, 4);
      assert.deepEqual(await bench.store.findPublicKeys(endpointId), [
        { secretId: "b-e", publicKey: "whpk_b" },
        { secretId: "a-e", publicKey: "whpk_a" },
      ]);
      bench.advance(1);
      assert.deepEqual(await live(), ["b-e", "b-h"]);
      assert.deepEqual(await bench.store.findPublicKeys(endpointId), [{ secretId: "b-e", publicKey: "whpk_b" }]);
    });

    it("ends every older secret at once where there is no overlap, and lengthens no overlap of before", async () => {
      await using bench = await openBench(open);
      const endpointId = await addEndpoint(bench, { secrets: newPair("a") });
      await rotate(bench, endpointId, { name: "b", overlapMs: 1_000 });
      await rotate(bench, endpointId, { name: "c", overlapMs: 5_000 });
      bench.advance(1_000);
      const read = await bench.store.readEndpoint({ tenantId: TENANT, endpointId });
      assert.deepEqual(idsOf(read), ["b-e", "b-h", "c-e", "c-h"]);
      assert.deepEqual(await rotate(bench, endpointId, { name: "d", overlapMs: 0 }), ["d-e", "d-h"]);
    });

    it("refuses a rotation beyond the cap, writes nothing then, and never refuses one without overlap", async () => {
      await using bench = await openBench(open);
      const endpointId = await addEndpoint(bench, { secrets: newPair("a") });
      await rotate(bench, endpointId, { name: "b", overlapMs: 1_000, mostLive: 4 });
      const before = await bench.store.readEndpoint({ tenantId: TENANT, endpointId });
      assert.equal(await rotate(bench, endpointId, { name: "c", overlapMs: 1_000, mostLive: 4 }), "tooMany");
      assert.deepEqual(await bench.store.readEndpoint({ tenantId: TENANT, endpointId }), before);
      assert.deepEqual(await rotate(bench, endpointId, { name: "d", overlapMs: 0, mostLive: 4 }), ["d-e", "d-h"]);
    });

    it("knows no endpoint of another tenant, and no key of an endpoint that was deleted", async () => {
      await using bench = await openBench(open);
      const { store } = bench;
      const endpointId = await addEndpoint(bench, { secrets: newPair("a") });
      const secrets = newPair("b");
      const elsewhere = { tenantId: "other", endpointId, secrets, overlapMs: 0, mostLive: 10, audit: AUDIT };
      assert.equal(await store.rotateSecrets(elsewhere), null);
      assert.equal(await rotate(bench, newId(), { name: "c", overlapMs: 0 }), null);
      await store.deleteEndpoint({ tenantId: TENANT, endpointId, audit: AUDIT });
      assert.deepEqual(await store.findPublicKeys(endpointId), []);
    });
  });
}
