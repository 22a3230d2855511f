import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  AUDIT,
  addEndpoint,
  claim,
  decide,
  finish,
  type OpenStore,
  openBench,
  refOf,
  TENANT,
} from "./bench.fixture.ts";

export function backlogConformance(open: OpenStore): void {
  describe("the backlog", () => {
    it("counts what has not ended over all tenants, how late it is, and what operators were told in the last hour", async () => {
      await using bench = await openBench(open);
      const { store } = bench;
      const empty = await store.readBacklog();
      assert.deepEqual(empty, {
        waiting: { pending: 0, failing: 0, inFlight: 0, held: 0 },
        lagMs: 0,
        endpoints: { enabled: 0, failing: 0, disabled: 0 },
        operatorEvents: {},
      });
      await store.createTenant({ tenantId: "tenant-b", name: "Tenant B", audit: AUDIT });
      const endpointId = await addEndpoint(bench);
      await addEndpoint(bench, { disabledReason: "byOperator" });
      await addEndpoint(bench, { tenantId: "tenant-b" });
      for (let n = 0; n < 3; n += 1) await decide(bench, refOf(`c${n}`));
      await decide(bench, refOf("b", "tenant-b"));
      const [failing, gone] = await claim(bench, { limit: 2, perEndpoint: 2 });
      assert.ok(failing && gone);
      await finish(bench, failing, { kind: "retry", afterMs: 60_000, reason: "timeout" });
      await finish(bench, gone, { kind: "dead", reason: "httpStatus" });
      const [held] = await claim(bench, { limit: 1, perEndpoint: 2 });
      assert.ok(held);
      bench.advance(1_500);
      const told = await store.readBacklog();
      assert.equal(
        Object.values(told.waiting).reduce((sum, count) => sum + count),
        6,
      );
      assert.deepEqual([told.waiting.failing, told.waiting.inFlight, told.waiting.held], [1, 1, 3]);
      assert.equal(told.lagMs, 1_500);
      assert.deepEqual([told.endpoints.disabled, told.endpoints.failing + told.endpoints.enabled], [1, 2]);
      assert.equal(told.operatorEvents["delivery.dead"], 1);
      await store.deleteEndpoint({ tenantId: TENANT, endpointId, audit: AUDIT });
      bench.advance(3_600_001);
      assert.deepEqual((await store.readBacklog()).operatorEvents, {});
    });
  });
}
