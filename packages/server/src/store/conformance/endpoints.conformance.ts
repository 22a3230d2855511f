import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { EndpointChange } from "../store.ts";
import {
  ALL,
  AUDIT,
  addEndpoint,
  type Bench,
  claim,
  claimOne,
  decide,
  everyPage,
  finish,
  newId,
  type OpenStore,
  openBench,
  random,
  states,
  TENANT,
} from "./bench.fixture.ts";

async function update({ store }: Bench, endpointId: string, change: EndpointChange): Promise<void> {
  assert.notEqual(await store.updateEndpoint({ tenantId: TENANT, endpointId, change, audit: AUDIT }), null);
}

export function endpointConformance(open: OpenStore): void {
  describe("endpoints", () => {
    it("keeps an endpoint as it was made, with its sealed parts", async () => {
      await using bench = await openBench(open);
      const { store } = bench;
      const endpoint = {
        tenantId: TENANT,
        endpointId: newId(),
        url: "https://a.example/x",
        description: "",
        profile: "incode",
        outcomes: [],
        sealedHeaders: random.bytes(9),
        sealedAuth: random.bytes(8),
        authKind: "basic",
        rateLimit: 5,
        ordered: true,
        operator: true,
      } as const;
      const secrets = [
        { secretId: newId(), kind: "hmac", sealed: random.bytes(60), publicKey: null },
        { secretId: newId(), kind: "ed25519", sealed: random.bytes(70), publicKey: "whpk_x" },
      ] as const;
      const made = await store.createEndpoint({
        ...endpoint,
        secrets,
        unverified: true,
        disabledReason: "unverified",
        audit: AUDIT,
      });
      const createdAtMs = bench.nowMs();
      assert.deepEqual(made, {
        ...endpoint,
        secrets: secrets
          .map((one) => ({ ...one, createdAtMs, expiresAtMs: null }))
          .toSorted((a, b) => (a.kind < b.kind ? -1 : 1)),
        enabled: false,
        disabledReason: "unverified",
        slowedUntilMs: null,
        failingSinceMs: null,
        consecutiveFailures: 0,
        unverifiedSinceMs: createdAtMs,
        createdAtMs,
      });
      assert.deepEqual(await store.readEndpoint(endpoint), made);
      assert.deepEqual((await store.listEndpoints({ tenantId: TENANT, ...ALL })).items, [made]);
    });

    it("changes what is named and leaves the rest", async () => {
      await using bench = await openBench(open);
      const { store } = bench;
      const endpointId = await addEndpoint(bench, { description: "mine", outcomes: ["passed"] });
      const before = await store.readEndpoint({ tenantId: TENANT, endpointId });
      await update(bench, endpointId, {});
      assert.deepEqual(await store.readEndpoint({ tenantId: TENANT, endpointId }), before);
      await update(bench, endpointId, { description: null, outcomes: null, url: "https://b.example/" });
      const after = await store.readEndpoint({ tenantId: TENANT, endpointId });
      assert.deepEqual(after, { ...before, description: null, outcomes: null, url: "https://b.example/" });
      await update(bench, endpointId, {
        auth: { kind: "basic", sealed: Buffer.from("x") },
        rateLimit: 3,
        unverified: true,
      });
      const dressed = await store.readEndpoint({ tenantId: TENANT, endpointId });
      assert.deepEqual(
        [dressed?.authKind, dressed?.rateLimit, dressed?.unverifiedSinceMs],
        ["basic", 3, bench.nowMs()],
      );
      await update(bench, endpointId, { auth: { kind: null, sealed: null }, rateLimit: null, unverified: false });
      assert.deepEqual(await store.readEndpoint({ tenantId: TENANT, endpointId }), after);
      const moved = {
        tenantId: TENANT,
        endpointId,
        change: { unverified: true },
        audit: AUDIT,
        onlyUrl: "https://a.example/",
      };
      assert.equal(await store.updateEndpoint(moved), null);
      const unknown = { tenantId: TENANT, endpointId: newId(), change: {}, audit: AUDIT };
      assert.equal(await store.updateEndpoint(unknown), null);
    });

    it("lists endpoints page by page", async () => {
      await using bench = await openBench(open);
      const made = await Promise.all(Array.from({ length: 5 }, async () => await addEndpoint(bench)));
      const all = await everyPage(
        async (after) => await bench.store.listEndpoints({ tenantId: TENANT, after, limit: 2 }),
      );
      assert.deepEqual(
        all.map((one) => one.endpointId),
        made.toSorted(),
      );
    });

    it("sends the next attempt to the present URL", async () => {
      await using bench = await openBench(open);
      const endpointId = await addEndpoint(bench, { url: "https://old.example/" });
      await decide(bench);
      const first = await claimOne(bench);
      await update(bench, endpointId, { url: "https://new.example/" });
      await finish(bench, first, { kind: "retry", afterMs: 0, reason: "x" });
      assert.deepEqual(
        [first.endpoint.url, (await claimOne(bench)).endpoint.url],
        ["https://old.example/", "https://new.example/"],
      );
    });

    it("holds what waits of a disabled endpoint, and frees it when it is enabled", async () => {
      await using bench = await openBench(open);
      const endpointId = await addEndpoint(bench);
      await decide(bench);
      await finish(bench, await claimOne(bench), { kind: "retry", afterMs: 9000, reason: "x" });
      await decide(bench);
      await update(bench, endpointId, { disabledReason: "operator" });
      await decide(bench);
      assert.deepEqual(await states(bench), ["held operator", "held operator", "held operator"]);
      assert.deepEqual([await claim(bench), await bench.store.nextDueInMs()], [[], null]);
      let heard = 0;
      bench.store.onDeliveriesDue(() => {
        heard += 1;
      });
      await update(bench, endpointId, { disabledReason: null });
      assert.equal(heard, 1);
      const claimed = await claim(bench);
      assert.deepEqual(
        claimed.map((one) => one.retriesDone),
        [0, 0, 0],
      );
    });

    it("frees nothing that was held for another reason, and follows a change of the reason", async () => {
      await using bench = await openBench(open);
      const endpointId = await addEndpoint(bench, { disabledReason: "unverified" });
      await decide(bench);
      await update(bench, endpointId, { disabledReason: "failing" });
      assert.deepEqual(await states(bench), ["held failing"]);
      await update(bench, endpointId, { disabledReason: null });
      assert.deepEqual(await states(bench), ["pending"]);
      await finish(bench, await claimOne(bench), { kind: "hold", reason: "gone" });
      await update(bench, endpointId, { disabledReason: null });
      assert.equal((await claim(bench)).length, 1);
    });

    it("disables an endpoint that is gone and holds this delivery with all that wait", async () => {
      await using bench = await openBench(open);
      const { store } = bench;
      const endpointId = await addEndpoint(bench);
      const other = await addEndpoint(bench);
      await decide(bench);
      await decide(bench);
      const mine = (await claim(bench, { limit: 2 })).filter((one) => one.endpoint.endpointId === endpointId);
      assert.equal(mine.length, 1);
      for (const one of mine) await finish(bench, one, { kind: "hold", reason: "gone" });
      const endpoint = await store.readEndpoint({ tenantId: TENANT, endpointId });
      assert.deepEqual([endpoint?.enabled, endpoint?.disabledReason], [false, "gone"]);
      const { items } = await store.listDeliveries({
        tenantId: TENANT,
        endpointId,
        status: null,
        eventId: null,
        ...ALL,
      });
      assert.deepEqual(
        items.map((one) => [one.status, one.reason]),
        [
          ["held", "gone"],
          ["held", "gone"],
        ],
      );
      assert.equal((await store.readEndpoint({ tenantId: TENANT, endpointId: other }))?.enabled, true);
    });

    it("takes the result of an attempt that was in flight when its endpoint was disabled or deleted", async () => {
      await using bench = await openBench(open);
      const { store } = bench;
      const disabled = await addEndpoint(bench);
      const deleted = await addEndpoint(bench);
      await decide(bench);
      await decide(bench);
      const claimed = await claim(bench);
      assert.equal(claimed.length, 4);
      await update(bench, disabled, { disabledReason: "operator" });
      assert.equal(await store.deleteEndpoint({ tenantId: TENANT, endpointId: deleted, audit: AUDIT }), true);
      const seen = new Set<string>();
      for (const one of claimed) {
        const first = !seen.has(one.endpoint.endpointId);
        seen.add(one.endpoint.endpointId);
        const next = first ? ({ kind: "delivered" } as const) : ({ kind: "retry", afterMs: 0, reason: "x" } as const);
        assert.equal(await finish(bench, one, next), "recorded");
      }
      const expected = ["delivered", "delivered", "held operator", "skipped endpointDeleted"];
      assert.deepEqual((await states(bench)).toSorted(), expected);
      assert.deepEqual(await claim(bench), []);
    });

    it("ends a delivery whose process died while its endpoint was disabled or deleted", async () => {
      await using bench = await openBench(open);
      const { store } = bench;
      const disabled = await addEndpoint(bench);
      const deleted = await addEndpoint(bench);
      await decide(bench);
      const claimed = await claim(bench);
      await update(bench, disabled, { disabledReason: "operator" });
      await store.deleteEndpoint({ tenantId: TENANT, endpointId: deleted, audit: AUDIT });
      bench.advance(30_000);
      assert.deepEqual(await claim(bench), []);
      assert.deepEqual((await states(bench)).toSorted(), ["held operator", "skipped endpointDeleted"]);
      for (const one of claimed) assert.equal(await finish(bench, one), "stale");
    });

    it("sends a lease that is given back to where its endpoint went", async () => {
      await using bench = await openBench(open);
      const { store } = bench;
      const disabled = await addEndpoint(bench);
      const deleted = await addEndpoint(bench);
      await decide(bench);
      const claimed = await claim(bench);
      await update(bench, disabled, { disabledReason: "operator" });
      await store.deleteEndpoint({ tenantId: TENANT, endpointId: deleted, audit: AUDIT });
      for (const one of claimed) await store.releaseDelivery(one);
      assert.deepEqual((await states(bench)).toSorted(), ["held operator", "skipped endpointDeleted"]);
    });

    it("skips what waits or is held of a deleted endpoint, and lists it", async () => {
      await using bench = await openBench(open);
      const { store } = bench;
      const endpointId = await addEndpoint(bench);
      await decide(bench);
      await finish(bench, await claimOne(bench));
      await decide(bench);
      await update(bench, endpointId, { disabledReason: "operator" });
      assert.equal(await store.deleteEndpoint({ tenantId: TENANT, endpointId, audit: AUDIT }), true);
      assert.deepEqual(await states(bench), ["skipped endpointDeleted", "delivered"]);
      assert.equal(await store.readEndpoint({ tenantId: TENANT, endpointId }), null);
      assert.equal(await store.deleteEndpoint({ tenantId: TENANT, endpointId, audit: AUDIT }), false);
      assert.equal(
        (await store.listAuthentications({ tenantId: TENANT, customerId: null, outcome: null, ...ALL })).items.length,
        2,
      );
    });

    it("counts a run of failures and ends it with one success", async () => {
      await using bench = await openBench(open);
      const { store } = bench;
      const endpointId = await addEndpoint(bench);
      const read = async (): Promise<readonly unknown[]> => {
        const endpoint = await store.readEndpoint({ tenantId: TENANT, endpointId });
        return [endpoint?.failingSinceMs, endpoint?.consecutiveFailures];
      };
      await decide(bench);
      const sinceMs = bench.nowMs();
      for (let n = 0; n < 3; n += 1) {
        await finish(bench, await claimOne(bench), { kind: "retry", afterMs: 10, reason: "x" });
        bench.advance(10);
      }
      assert.deepEqual(await read(), [sinceMs, 3]);
      await finish(bench, await claimOne(bench));
      assert.deepEqual(await read(), [null, 0]);
    });
  });
}
