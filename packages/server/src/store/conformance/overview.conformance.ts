import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { ClaimedDelivery } from "../store.ts";
import {
  ALL,
  AUDIT,
  addEndpoint,
  type Bench,
  claim,
  decide,
  finish,
  type OpenStore,
  openBench,
  refOf,
  TENANT,
} from "./bench.fixture.ts";

const HOUR_MS = 3_600_000;

/** The delivery that is due first, leased. */
async function next(bench: Bench): Promise<ClaimedDelivery> {
  const [claimed] = await claim(bench, { limit: 1 });
  assert.ok(claimed !== undefined);
  return claimed;
}

export function overviewConformance(open: OpenStore): void {
  describe("the overview", () => {
    it("counts what waits by state, sums attempts by endpoint, and tells how long authentications took", async () => {
      await using bench = await openBench(open);
      const { store } = bench;
      const startMs = bench.nowMs();
      const where = { tenantId: TENANT, fromMs: startMs, toMs: startMs + HOUR_MS };
      const empty = await store.readOverview(where);
      const nothing = { pending: 0, inFlight: 0, failing: 0, held: 0, dead: 0 };
      assert.deepEqual([empty.waiting, empty.endpoints, empty.details, empty.silence], [nothing, [], [], null]);
      const endpointId = await addEndpoint(bench);
      for (let n = 0; n < 5; n += 1) await decide(bench, { ref: refOf(`c${n}`) });
      await finish(bench, await next(bench), { kind: "delivered" });
      await finish(bench, await next(bench), { kind: "dead", reason: "httpStatus" });
      await finish(bench, await next(bench), { kind: "retry", afterMs: HOUR_MS, reason: "timeout" });
      await next(bench);
      bench.advance(1);
      const overview = await store.readOverview(where);
      assert.deepEqual(overview.waiting, { pending: 1, inFlight: 1, failing: 1, held: 0, dead: 1 });
      assert.deepEqual(overview.endpoints, [{ endpointId, delivered: 1, failed: 2 }]);
      assert.equal(overview.details.length, 5);
      assert.deepEqual(await store.readOverview({ ...where, tenantId: "other" }), empty);
      const later = await store.readOverview({ ...where, fromMs: startMs + HOUR_MS, toMs: startMs + 2 * HOUR_MS });
      assert.deepEqual([later.endpoints, later.details], [[], []]);
    });

    it("tells since when nothing has happened", async () => {
      await using bench = await openBench(open);
      const lastEventAtMs = bench.nowMs();
      await decide(bench, { ref: refOf("anna") });
      await bench.store.watchRhythms();
      const where = { tenantId: TENANT, fromMs: lastEventAtMs, toMs: lastEventAtMs + 1 };
      assert.deepEqual((await bench.store.readOverview(where)).silence, { lastEventAtMs, told: false });
    });

    it("has a pulse that changes with each event and each attempt of the tenant, and with nothing else", async () => {
      await using bench = await openBench(open);
      const { store } = bench;
      const pulse = async (): Promise<string> => await store.readPulse({ tenantId: TENANT });
      await addEndpoint(bench);
      const beats = [await pulse(), await pulse()];
      await decide(bench, { ref: refOf("anna") });
      beats.push(await pulse());
      const claimed = await next(bench);
      await finish(bench, claimed, { kind: "delivered" });
      beats.push(await pulse());
      await store.createTenant({ tenantId: "t2", name: "Second", audit: AUDIT });
      await decide(bench, { ref: refOf("anna", "t2") });
      beats.push(await pulse());
      assert.equal(beats[0], beats[1]);
      assert.equal(beats[3], beats[4]);
      assert.equal(new Set(beats).size, 3);
    });
  });

  describe("authentications of a span of time", () => {
    it("are those decided in it, page by page, with the other filters", async () => {
      await using bench = await openBench(open);
      const { store } = bench;
      const startMs = bench.nowMs();
      const made: { readonly id: string; readonly atMs: number }[] = [];
      for (let n = 0; n < 9; n += 1) {
        const { authenticationId } = (await decide(bench, { ref: refOf(`c${n % 2}`) })).authentication;
        made.unshift({ id: authenticationId, atMs: bench.nowMs() });
        bench.advance(1_000);
      }
      const span = { fromMs: startMs + 2_000, toMs: startMs + 7_000 };
      const list = async (after: string | null, limit: number, customerId: string | null) =>
        await store.listAuthentications({ tenantId: TENANT, after, limit, customerId, outcome: null, ...span });
      const first = await list(null, 3, null);
      const second = await list(first.next, 3, null);
      const wanted = made.filter(({ atMs }) => atMs >= span.fromMs && atMs < span.toMs).map(({ id }) => id);
      const got = [...first.items, ...second.items].map((one) => one.authenticationId);
      assert.deepEqual([got, second.next], [wanted, null]);
      assert.equal((await list(null, 500, "c1")).items.length, 2);
      const all = await store.listAuthentications({ tenantId: TENANT, ...ALL, customerId: null, outcome: null });
      assert.equal(all.items.length, 9);
    });
  });
}
