import { sql } from "kysely";
import type { AttemptResult } from "../store.ts";
import { attemptRow } from "./attempt-row.ts";
import type { Backend, GroupOrder, WriteView } from "./backend.ts";
import { createBatches } from "./batches.ts";
import { afterSuccess } from "./endpoint-health.ts";
import { type CountedAttempt, countAttempts } from "./hourly.ts";
import type { DeliveryRow, EndpointRow } from "./tables.ts";
import { together } from "./together.ts";

/** What became of a result in a batch; `alone`: it changes more than its own row, and is written by itself. */
export type BatchVerdict = "recorded" | "stale" | "alone";

const ORDER: GroupOrder = { group: "delivered", lock: "results", patient: true };

/** Records deliveries that were acknowledged, together. */
export function createDeliveredBatches(backend: Backend): (result: AttemptResult) => Promise<BatchVerdict> {
  return createBatches<AttemptResult, BatchVerdict>(backend, {
    keyOf: () => "",
    orderOf: () => ORDER,
    most: 500,
    write: finishDelivered,
    alone: async () => await Promise.resolve("alone"),
  });
}

async function finishDelivered(view: WriteView, results: readonly AttemptResult[]): Promise<readonly BatchVerdict[]> {
  const verdicts = new Map<AttemptResult, BatchVerdict>();
  const simple: Simple[] = [];
  const tenantIds = [...new Set(results.map((result) => result.tenantId))];
  for (const tenantId of tenantIds) {
    const own = results.filter((result) => result.tenantId === tenantId);
    const [rows, untroubled] = await together([readRows(view, tenantId, own), readUntroubled(view, tenantId, own)]);
    for (const result of own) {
      const row = rows.get(result.deliveryId);
      if (row?.status !== "inFlight" || row.fencing_token !== result.fencingToken) verdicts.set(result, "stale");
      else if (row.ordered_by === null && untroubled.has(row.endpoint_id)) simple.push({ row, result });
    }
  }
  await writeAll(view, simple);
  for (const { result } of simple) verdicts.set(result, "recorded");
  return results.map((result) => verdicts.get(result) ?? "alone");
}

/** What a result is judged by and counted for: read of every row, so no more than that. */
const READ = [
  "tenant_id",
  "delivery_id",
  "endpoint_id",
  "status",
  "fencing_token",
  "attempts",
  "test",
  "ordered_by",
] as const satisfies readonly (keyof DeliveryRow)[];
type ReadRow = Pick<DeliveryRow, (typeof READ)[number]>;

/** A result that changes its own row and nothing else. */
interface Simple {
  readonly row: ReadRow;
  readonly result: AttemptResult;
}

async function readRows(
  view: WriteView,
  tenantId: string,
  results: readonly AttemptResult[],
): Promise<ReadonlyMap<string, ReadRow>> {
  const rows = await view.db
    .selectFrom("deliveries")
    .select(READ)
    .where("tenant_id", "=", tenantId)
    .where("delivery_id", "in", view.listed(results.map((result) => result.deliveryId)))
    .execute();
  return new Map(rows.map((row) => [row.delivery_id, row]));
}

/** Endpoints of which a success changes nothing and tells nobody: nearly all, nearly always. */
async function readUntroubled(
  view: WriteView,
  tenantId: string,
  results: readonly AttemptResult[],
): Promise<ReadonlySet<string>> {
  const rows: readonly (Pick<EndpointRow, "endpoint_id" | "failing_told_at_ms"> &
    Parameters<typeof afterSuccess>[0])[] = await view.db
    .selectFrom("endpoints")
    .select([
      "endpoint_id",
      "failing_since_ms",
      "consecutive_failures",
      "slowed_until_ms",
      "ramp",
      "failing_told_at_ms",
    ])
    .where("tenant_id", "=", tenantId)
    .where("endpoint_id", "in", view.listed([...new Set(results.map((result) => result.endpointId))]))
    .execute();
  const calm = rows.filter((row) => row.failing_told_at_ms === null && afterSuccess(row) === null);
  return new Set(calm.map((row) => row.endpoint_id));
}

async function writeAll(view: WriteView, simple: readonly Simple[]): Promise<void> {
  if (simple.length === 0) return;
  const attempts = simple.map(({ row, result }) => attemptRow(row, result));
  const counted = simple.map(({ row }): CountedAttempt => ({ row, result: "delivered", status: "delivered" }));
  const tenantIds = [...new Set(simple.map(({ row }) => row.tenant_id))];
  await together([
    ...tenantIds.map(async (tenantId) => {
      await endAll(
        view,
        tenantId,
        simple.flatMap(({ row, result }) => (row.tenant_id === tenantId ? [result] : [])),
      );
    }),
    view.insertRows("delivery_attempts", attempts),
    countAttempts(view, counted),
  ]);
}

/** Those that are read are not locked: the lease, which only one has, is asked for again as the row is written. */
async function endAll(view: WriteView, tenantId: string, leases: readonly AttemptResult[]): Promise<void> {
  const { numUpdatedRows } = await view.db
    .updateTable("deliveries")
    .set({ status: "delivered", reason: null, due_at_ms: null, crashes: 0, leased_by: null, updated_at_ms: view.nowMs })
    .where("tenant_id", "=", tenantId)
    .where((row) => sql<boolean>`(${row.ref("delivery_id")}, ${row.ref("fencing_token")}) in ${view.leases(leases)}`)
    // Not in the words of the index over what is in flight: it is looked up by the key.
    .where(sql`coalesce(status, '')`, "=", "inFlight")
    .executeTakeFirst();
  // Each is written by itself then, and finds out for itself.
  if (Number(numUpdatedRows) !== leases.length) throw new RangeError("a lease ended while its result was written");
}
