import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, before, describe, it } from "node:test";
import { addEndpoint, type Bench, openBench, TENANT } from "../conformance/bench.fixture.ts";
import { createSqliteStore } from "./create-sqlite-store.ts";

const ENDPOINTS = 4;
const DAYS = 30;
const DAY_MS = 86_400_000;
const ROUNDS = 40;
/** Below this, what is measured is the machine. */
const FLOOR_MS = 4;

/** Rows as thirty days of decisions and deliveries would leave them: most delivered, of every hundred one dead, one held, one failing; a few in flight. */
function seedOf(deliveries: number, nowMs: number): string {
  const events = deliveries / ENDPOINTS;
  const at = `${nowMs - DAYS * DAY_MS} + cast(i * ${(DAYS * DAY_MS) / events} as integer)`;
  const outcome = `case when i % 50 = 0 then 'spoof' when i % 9 = 0 then 'declined' else 'passed' end`;
  return `
    with recursive n (i) as (select 1 union all select i + 1 from n where i < ${events})
    insert into events (tenant_id, event_id, sequence, subject, outcome, body, test, created_at_ms)
    select '${TENANT}', 'event-' || i, i, 'subject', ${outcome}, x'7b7d', 0, ${at} from n;
    insert into authentications (tenant_id, authentication_id, customer_id, outcome, event_id, details, sequence, created_at_ms)
    select tenant_id, 'a-' || sequence, 'customer-' || (sequence % 500), outcome, event_id,
      '{"timings":{"total":' || (100 + sequence % 90) || '}}', sequence, created_at_ms from events;
    insert into deliveries (tenant_id, delivery_id, event_id, endpoint_id, sequence, status, attempts, retries_done,
      crashes, due_at_ms, fencing_token, test, created_at_ms, updated_at_ms)
    select e.tenant_id, e.event_id || '-' || p.endpoint_id, e.event_id, p.endpoint_id, e.sequence,
      case when e.sequence in (4, 14) then 'inFlight' when e.sequence % 100 = 1 then 'dead' when e.sequence % 100 = 2 then 'held' when e.sequence % 100 = 3 then 'failing'
        else 'delivered' end, 1, 0, 0, null, 0, 0, e.created_at_ms, e.created_at_ms
    from events e, endpoints p;
    insert into hourly_outcomes select tenant_id, created_at_ms - created_at_ms % 3600000 as hour, outcome, count(*)
      from events group by tenant_id, hour, outcome;
    insert into hourly_deliveries select tenant_id, created_at_ms - created_at_ms % 3600000 as hour, endpoint_id,
      count(*), 0, count(*), 0 from deliveries group by tenant_id, hour, endpoint_id;
    insert into feeds values ('${TENANT}', ${events});`;
}

/** Every list and chart of the dashboard. */
function looksOf({ store, nowMs }: Bench, endpointId: string): Readonly<Record<string, () => Promise<unknown>>> {
  const tenantId = TENANT;
  const all = { tenantId, after: null, limit: 50, endpointId: null, status: null, eventId: null } as const;
  const attempts = { tenantId, after: null, limit: 50, customerId: null, outcome: null } as const;
  const month = { tenantId, fromMs: nowMs() - DAYS * DAY_MS, toMs: nowMs() };
  const aWeekAgo = { fromMs: nowMs() - 8 * DAY_MS, toMs: nowMs() - 7 * DAY_MS };
  return {
    "overview of a day": async () => await store.readOverview({ ...month, fromMs: nowMs() - DAY_MS }),
    "overview of a month": async () => await store.readOverview(month),
    "hours of a month": async () => await store.readHourly(month),
    pulse: async () => await store.readPulse({ tenantId }),
    deliveries: async () => await store.listDeliveries(all),
    "dead deliveries": async () => await store.listDeliveries({ ...all, status: "dead" }),
    "deliveries in flight": async () => await store.listDeliveries({ ...all, status: "inFlight" }),
    "deliveries of an event": async () => await store.listDeliveries({ ...all, eventId: "event-7" }),
    "dead deliveries of an endpoint": async () => await store.listDeliveries({ ...all, status: "dead", endpointId }),
    "deliveries of an endpoint": async () => await store.listDeliveries({ ...all, endpointId }),
    authentications: async () => await store.listAuthentications(attempts),
    spoofs: async () => await store.listAuthentications({ ...attempts, outcome: "spoof" }),
    "authentications of a customer": async () =>
      await store.listAuthentications({ ...attempts, customerId: "customer-7" }),
    "authentications of a day a week ago": async () => await store.listAuthentications({ ...attempts, ...aWeekAgo }),
  };
}

describe("the dashboard's lists and charts at scale", () => {
  const benches: Bench[] = [];
  const looks: Readonly<Record<string, () => Promise<unknown>>>[] = [];
  before(async () => {
    for (const deliveries of [10_000, 1_000_000]) {
      const folder = await mkdtemp(join(tmpdir(), "sameface-looks-"));
      const bench = await openBench(async (world) => {
        const store = await createSqliteStore({ ...world, folder });
        const dispose = async (): Promise<void> => {
          await store.close();
          await rm(folder, { recursive: true });
        };
        return { store, dispose };
      });
      benches.push(bench);
      const ids: string[] = [];
      for (let n = 0; n < ENDPOINTS; n += 1) ids.push(await addEndpoint(bench));
      const database = new DatabaseSync(join(folder, "sameface.db"));
      database.exec(`begin; ${seedOf(deliveries, bench.nowMs())} commit;`);
      database.close();
      looks.push(looksOf(bench, ids[0] ?? ""));
    }
  });
  after(async () => {
    for (const bench of benches) await bench[Symbol.asyncDispose]();
  });

  it("answer at 1,000,000 deliveries within twice their time at 10,000", async () => {
    const [small = {}, large = {}] = looks;
    const slow: string[] = [];
    for (const name of Object.keys(small)) {
      const times: Record<"small" | "large", number[]> = { small: [], large: [] };
      // In turns, so that what else the machine does falls on both.
      for (let round = 0; round < ROUNDS; round += 1) {
        times.small.push(await timed(small[name]));
        times.large.push(await timed(large[name]));
      }
      const [of10k, of1m] = [at(times.small, 0.5), at(times.large, 0.5)];
      console.log(`${name}: ${of10k.toFixed(2)} → ${of1m.toFixed(2)} ms, p95 ${at(times.large, 0.95).toFixed(2)} ms`);
      if (of1m > 2 * Math.max(of10k, FLOOR_MS)) slow.push(`${name}: ${of10k} → ${of1m} ms`);
    }
    assert.deepEqual(slow, []);
  });
});

async function timed(look: (() => Promise<unknown>) | undefined): Promise<number> {
  const startedAt = performance.now();
  await look?.();
  return performance.now() - startedAt;
}

function at(times: readonly number[], share: number): number {
  return times.toSorted((a, b) => a - b)[Math.ceil(times.length * share) - 1] ?? 0;
}
