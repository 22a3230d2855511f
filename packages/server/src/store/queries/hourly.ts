import type { OutcomeKind } from "@sameface/contract";
import { sql } from "kysely";
import type { AtMs, DeliveryAttempt, DeliveryStatus, HourCounts } from "../records.ts";
import type { InTenant, Store } from "../store.ts";
import type { Backend, ReadView, WriteView } from "./backend.ts";
import type { DeliveryRow, HourlyDeliveriesRow } from "./tables.ts";

const HOUR_MS = 3_600_000;

type Span = Parameters<Store["readHourly"]>[0];

/** The part of the {@link Store} that reads what came to pass, by the hour. */
export function hourlyQueries({ read }: Backend): Pick<Store, "readHourly"> {
  return { readHourly: async (where) => await read(async (view) => await readHourly(view, where)) };
}

/** Counts decisions of a tenant. It is locked by whoever decides, so nobody waits for these rows alone. */
export async function countDecisions(view: WriteView, tenantId: string, outcomes: readonly OutcomeKind[]) {
  const rows = [...new Set(outcomes)].map((outcome) => ({
    tenant_id: tenantId,
    hour_ms: hourOf(view.nowMs),
    outcome,
    decided: outcomes.filter((one) => one === outcome).length,
  }));
  await view.db
    .insertInto("hourly_outcomes")
    .values(rows)
    .onConflict((on) =>
      on
        .columns(["tenant_id", "hour_ms", "outcome"])
        .doUpdateSet((set) => ({ decided: set("hourly_outcomes.decided", "+", set.ref("excluded.decided")) })),
    )
    .execute();
}

/** An attempt that is recorded, and what its delivery is after it. */
export interface CountedAttempt {
  readonly row: Pick<DeliveryRow, "tenant_id" | "endpoint_id" | "test">;
  readonly result: DeliveryAttempt["result"];
  readonly status: DeliveryStatus;
}

/**
 * Counts attempts, and deliveries that end with them; a test send is none. One row an endpoint, written last and in one
 * order, so that two nodes never wait for each other in a circle.
 */
export async function countAttempts(view: WriteView, attempts: readonly CountedAttempt[]): Promise<void> {
  const sums = new Map<string, HourlyDeliveriesRow>();
  for (const { row, result, status } of attempts) {
    if (row.test === 1) continue;
    const key = JSON.stringify([row.tenant_id, row.endpoint_id]);
    const sum = sums.get(key) ?? emptySum(row, hourOf(view.nowMs));
    sums.set(key, {
      ...sum,
      attempts_delivered: sum.attempts_delivered + (result === "delivered" ? 1 : 0),
      attempts_failed: sum.attempts_failed + (result === "failed" ? 1 : 0),
      delivered: sum.delivered + (status === "delivered" ? 1 : 0),
      dead: sum.dead + (status === "dead" ? 1 : 0),
    });
  }
  if (sums.size === 0) return;
  const rows = [...sums].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, sum]) => sum);
  await view.db
    .insertInto("hourly_deliveries")
    .values(rows)
    .onConflict((on) =>
      on.columns(["tenant_id", "hour_ms", "endpoint_id"]).doUpdateSet((set) => ({
        attempts_delivered: set("hourly_deliveries.attempts_delivered", "+", set.ref("excluded.attempts_delivered")),
        attempts_failed: set("hourly_deliveries.attempts_failed", "+", set.ref("excluded.attempts_failed")),
        delivered: set("hourly_deliveries.delivered", "+", set.ref("excluded.delivered")),
        dead: set("hourly_deliveries.dead", "+", set.ref("excluded.dead")),
      })),
    )
    .execute();
}

function emptySum({ tenant_id, endpoint_id }: CountedAttempt["row"], hour_ms: AtMs): HourlyDeliveriesRow {
  return { tenant_id, hour_ms, endpoint_id, attempts_delivered: 0, attempts_failed: 0, delivered: 0, dead: 0 };
}

/** Takes away the hours that ended before. */
export async function sweepHours({ db }: WriteView, where: InTenant & { readonly beforeMs: AtMs }): Promise<void> {
  for (const table of ["hourly_outcomes", "hourly_deliveries"] as const) {
    await db
      .deleteFrom(table)
      .where("tenant_id", "=", where.tenantId)
      .where("hour_ms", "<", where.beforeMs - HOUR_MS)
      .execute();
  }
}

async function readHourly({ db }: ReadView, { tenantId, fromMs, toMs }: Span): Promise<readonly HourCounts[]> {
  const outcomes = await db
    .selectFrom("hourly_outcomes")
    .selectAll()
    .where("tenant_id", "=", tenantId)
    .where("hour_ms", ">=", hourOf(fromMs))
    .where("hour_ms", "<", toMs)
    .execute();
  const deliveries = await db
    .selectFrom("hourly_deliveries")
    .select(["hour_ms", ...SUMS.map((column) => sumOf(column))])
    .where("tenant_id", "=", tenantId)
    .where("hour_ms", ">=", hourOf(fromMs))
    .where("hour_ms", "<", toMs)
    .groupBy("hour_ms")
    .execute();
  const hours = new Map<AtMs, HourCounts>();
  for (const row of deliveries) {
    const attempts = { delivered: row.attempts_delivered, failed: row.attempts_failed };
    const ended = { delivered: row.delivered, dead: row.dead };
    hours.set(row.hour_ms, { hourMs: row.hour_ms, outcomes: {}, attempts, deliveries: ended });
  }
  for (const { hour_ms, outcome, decided } of outcomes) {
    const hour = hours.get(hour_ms) ?? emptyHour(hour_ms);
    hours.set(hour_ms, { ...hour, outcomes: { ...hour.outcomes, [outcome]: decided } });
  }
  return [...hours.values()].toSorted((a, b) => a.hourMs - b.hourMs);
}

const SUMS = ["attempts_delivered", "attempts_failed", "delivered", "dead"] as const;

// A sum has more digits than its parts in PostgreSQL, and is read as text there.
function sumOf<Column extends (typeof SUMS)[number]>(column: Column) {
  return sql<number>`cast(sum(${sql.ref(column)}) as bigint)`.as(column);
}

function emptyHour(hourMs: AtMs): HourCounts {
  return { hourMs, outcomes: {}, attempts: { delivered: 0, failed: 0 }, deliveries: { delivered: 0, dead: 0 } };
}

function hourOf(atMs: AtMs): AtMs {
  return atMs - (atMs % HOUR_MS);
}
