import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { OutcomeKind } from "@sameface/contract";
import type { HourCounts } from "../records.ts";
import type { NextStep } from "../store.ts";
import {
  ALL,
  AUDIT,
  addEndpoint,
  type Bench,
  claim,
  decide,
  finish,
  newId,
  type OpenStore,
  openBench,
  refOf,
  TENANT,
} from "./bench.fixture.ts";

const HOUR_MS = 3_600_000;
const STEPS: readonly NextStep[] = [
  { kind: "delivered" },
  { kind: "retry", afterMs: 1, reason: "timeout" },
  { kind: "dead", reason: "httpStatus" },
];
const OUTCOMES: readonly OutcomeKind[] = ["passed", "spoof", "unknown-customer"];

type Tally = Record<string, number>;
const add = (tally: Tally, key: string): void => {
  tally[key] = (tally[key] ?? 0) + 1;
};

/** The same counts, from every row. */
async function countRows({ store }: Bench, tenantId: string): Promise<Tally> {
  const tally: Tally = {};
  const where = { tenantId, ...ALL };
  const hourOf = (atMs: number): number => Math.floor(atMs / HOUR_MS);
  const authentications = await store.listAuthentications({ ...where, customerId: null, outcome: null });
  for (const one of authentications.items) add(tally, `${hourOf(one.createdAtMs)} outcome ${one.outcome}`);
  const deliveries = await store.listDeliveries({ ...where, endpointId: null, status: null, eventId: null });
  for (const { deliveryId, status, test } of deliveries.items) {
    const read = test ? null : await store.readDelivery({ tenantId, deliveryId });
    for (const { startedAtMs, result } of read?.attemptLog ?? [])
      add(tally, `${hourOf(startedAtMs)} attempt ${result}`);
    const ended = read?.attemptLog.at(-1);
    if (ended !== undefined && (status === "delivered" || status === "dead")) {
      add(tally, `${hourOf(ended.startedAtMs)} delivery ${status}`);
    }
  }
  return tally;
}

function tallyOf(hours: readonly HourCounts[]): Tally {
  const tally: Tally = {};
  for (const { hourMs, outcomes, attempts, deliveries } of hours) {
    const kinds = { outcome: outcomes, attempt: attempts, delivery: deliveries };
    for (const [kind, counts] of Object.entries(kinds)) {
      for (const [name, count] of Object.entries(counts)) {
        if (count > 0) tally[`${hourMs / HOUR_MS} ${kind} ${name}`] = count;
      }
    }
  }
  return tally;
}

const sorted = (tally: Tally): readonly unknown[] => Object.entries(tally).toSorted();

/** Some hours of two tenants and two endpoints, with attempts of every result. */
async function liveHours(bench: Bench): Promise<void> {
  await bench.store.createTenant({ tenantId: "tenant-b", name: "B", audit: AUDIT });
  for (const tenantId of [TENANT, TENANT, "tenant-b"]) await addEndpoint(bench, { tenantId });
  let n = 0;
  for (let hour = 0; hour < 4; hour += 1) {
    for (const outcome of OUTCOMES) {
      await decide(bench, { outcome });
      await decide(bench, { outcome, ref: refOf("ann", "tenant-b") });
    }
    for (const claimed of await claim(bench)) {
      const next = STEPS[n % STEPS.length];
      assert.ok(next !== undefined);
      await finish(bench, claimed, next);
      n += 1;
    }
    bench.advance(0.7 * HOUR_MS);
  }
}

export function hourlyConformance(open: OpenStore): void {
  describe("counts by the hour", () => {
    it("are those of all rows, hour by hour, tenant by tenant", async () => {
      await using bench = await openBench(open);
      const startMs = bench.nowMs();
      await liveHours(bench);
      for (const tenantId of [TENANT, "tenant-b"]) {
        const hours = await bench.store.readHourly({ tenantId, fromMs: startMs, toMs: bench.nowMs() + 1 });
        assert.deepEqual(sorted(tallyOf(hours)), sorted(await countRows(bench, tenantId)));
        assert.equal(hours.length, 3);
        assert.deepEqual(
          hours.map((hour) => hour.hourMs),
          [0, 1, 2].map((hour) => startMs + hour * HOUR_MS),
        );
      }
    });

    it("are read from the hour of the beginning to before the end", async () => {
      await using bench = await openBench(open);
      const startMs = bench.nowMs();
      await liveHours(bench);
      const read = async (fromMs: number, toMs: number): Promise<readonly number[]> =>
        (await bench.store.readHourly({ tenantId: TENANT, fromMs, toMs })).map(
          (hour) => (hour.hourMs - startMs) / HOUR_MS,
        );
      assert.deepEqual(await read(startMs + HOUR_MS + 1, startMs + 2 * HOUR_MS), [1]);
      assert.deepEqual(await read(startMs, startMs + 2 * HOUR_MS + 1), [0, 1, 2]);
      assert.deepEqual(await read(startMs + 9 * HOUR_MS, startMs + 10 * HOUR_MS), []);
    });

    it("leave test sends out, outlive their customer, and go with what is old", async () => {
      await using bench = await openBench(open);
      const { store } = bench;
      const endpointId = await addEndpoint(bench);
      const test = { endpointId, deliveryId: newId(), eventId: "test_1", outcome: "passed", audit: AUDIT } as const;
      await store.createTestDelivery({ tenantId: TENANT, ...test, body: Buffer.from("{}") });
      await decide(bench, { ref: refOf("ann") });
      for (const claimed of await claim(bench)) await finish(bench, claimed);
      const read = async (): Promise<readonly HourCounts[]> =>
        await store.readHourly({ tenantId: TENANT, fromMs: 0, toMs: bench.nowMs() + 1 });
      const counted = await read();
      assert.deepEqual(
        counted.map(({ attempts, deliveries }) => ({ attempts, deliveries })),
        [{ attempts: { delivered: 1, failed: 0 }, deliveries: { delivered: 1, dead: 0 } }],
      );
      await store.eraseCustomer({ ...refOf("ann"), receiptId: newId(), audit: AUDIT });
      assert.deepEqual(await read(), counted);
      const sweep = { tenantId: TENANT, olderThanMs: 10 * HOUR_MS, after: null, limit: 10 };
      bench.advance(10 * HOUR_MS);
      await store.sweep(sweep);
      assert.deepEqual(await read(), counted);
      bench.advance(HOUR_MS + 1);
      await store.sweep(sweep);
      assert.deepEqual(await read(), []);
    });
  });
}
