import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  ALL,
  AUDIT,
  addEndpoint,
  type Bench,
  decide,
  newId,
  type OpenStore,
  openBench,
  refOf,
  TENANT,
} from "./bench.fixture.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Time passes, watched each minute, or as often as told. */
async function pass(bench: Bench, ms: number, everyMs = MINUTE_MS): Promise<void> {
  for (let left = ms; left > 0; left -= everyMs) {
    bench.advance(Math.min(left, everyMs));
    await bench.store.watchRhythms();
  }
}

async function gaps({ store }: Bench, tenantId = TENANT): Promise<readonly unknown[]> {
  const { items } = await store.listOperatorEvents({ tenantId, ...ALL });
  return items
    .filter((one) => one.type === "gap")
    .map(({ body }) => (JSON.parse(Buffer.from(body ?? "").toString()) as { data: unknown }).data);
}

/** An event every ten minutes: the longest usual silence. */
async function tenMinutesEach(bench: Bench, count: number): Promise<void> {
  for (let n = 0; n < count; n += 1) {
    if (n > 0) await pass(bench, 10 * MINUTE_MS, 10 * MINUTE_MS);
    await decide(bench);
  }
}

export function rhythmConformance(open: OpenStore): void {
  describe("rhythms", () => {
    it("tells a silence longer than twice the longest of the last days, once, and the next event clears it", async () => {
      await using bench = await openBench(open);
      await tenMinutesEach(bench, 5);
      const lastEventAt = new Date(bench.nowMs()).toISOString();
      await pass(bench, 20 * MINUTE_MS);
      assert.deepEqual(await gaps(bench), []);
      await pass(bench, MINUTE_MS);
      const gap = { lastEventAt, silenceSeconds: 21 * 60, usualSeconds: 600 };
      assert.deepEqual(await gaps(bench), [gap]);
      await pass(bench, 9 * MINUTE_MS);
      assert.deepEqual(await gaps(bench), [gap], "told once");
      await decide(bench);
      await pass(bench, 60 * MINUTE_MS);
      assert.deepEqual(await gaps(bench), [gap], "30 minutes are usual now");
      await pass(bench, MINUTE_MS);
      assert.equal((await gaps(bench)).length, 2);
    });

    it("forgets after a week what was usual", async () => {
      await using bench = await openBench(open);
      await tenMinutesEach(bench, 3);
      bench.advance(30 * HOUR_MS);
      for (let hour = 0; hour < 8 * 24; hour += 3) {
        await decide(bench);
        await pass(bench, 3 * HOUR_MS, 3 * HOUR_MS);
      }
      await decide(bench);
      await pass(bench, 6 * HOUR_MS, HOUR_MS);
      assert.deepEqual(await gaps(bench), []);
      await pass(bench, MINUTE_MS);
      assert.equal((await gaps(bench)).length, 1);
    });

    it("tells no gap under a quarter of an hour, and none of a tenant that has no rhythm yet", async () => {
      await using bench = await openBench(open);
      await bench.store.watchRhythms();
      await decide(bench);
      await decide(bench);
      await pass(bench, DAY_MS, DAY_MS / 4);
      assert.deepEqual(await gaps(bench), []);
      await bench.store.createTenant({ tenantId: "busy", name: "busy", audit: AUDIT });
      for (let n = 0; n < 5; n += 1) {
        await decide(bench, { ref: refOf(newId(), "busy") });
        bench.advance(1_000);
      }
      await pass(bench, 15 * MINUTE_MS - 1_000);
      assert.deepEqual(await gaps(bench, "busy"), []);
      await pass(bench, MINUTE_MS);
      assert.equal((await gaps(bench, "busy")).length, 1);
    });

    it("counts neither tests nor operator events, and watches each tenant alone", async () => {
      await using bench = await openBench(open);
      await bench.store.createTenant({ tenantId: "other", name: "other", audit: AUDIT });
      const endpointId = await addEndpoint(bench);
      await tenMinutesEach(bench, 5);
      bench.advance(15 * MINUTE_MS);
      const test = {
        eventId: `test_${newId()}`,
        deliveryId: newId(),
        outcome: "passed",
        body: Buffer.from("{}"),
      } as const;
      await bench.store.createTestDelivery({ tenantId: TENANT, endpointId, ...test, audit: AUDIT });
      const change = { tenantId: TENANT, endpointId, change: { disabledReason: "operator" }, audit: AUDIT };
      await bench.store.updateEndpoint(change);
      await decide(bench, { ref: refOf(newId(), "other") });
      await pass(bench, 6 * MINUTE_MS);
      assert.equal((await gaps(bench)).length, 1);
      assert.deepEqual(await gaps(bench, "other"), []);
    });

    it("is told by one of several that look at the same moment", async () => {
      await using bench = await openBench(open);
      await tenMinutesEach(bench, 5);
      await bench.store.watchRhythms();
      bench.advance(21 * MINUTE_MS);
      await Promise.all(
        Array.from({ length: 4 }, async () => {
          await bench.store.watchRhythms();
        }),
      );
      assert.equal((await gaps(bench)).length, 1);
    });
  });
}
