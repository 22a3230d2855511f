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

/** Written before the claim of its commit, so that it finds the places that are free now. */
const ORDER: GroupOrder = { group: "queue", lock: "1 results", patient: true };

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
  const counted: CountedAttempt[] = [];
  for (const tenantId of new Set(results.map((result) => result.tenantId))) {
    const own = results.filter((result) => result.tenantId === tenantId);
    const [rows, untroubled] = await together([readRows(view, tenantId, own), readUntroubled(view, tenantId, own)]);
    const simple: { row: DeliveryRow; result: AttemptResult }[] = [];
    for (const result of own) {
      const row = rows.get(result.deliveryId);
      if (row?.status !== "inFlight" || row.fencing_token !== result.fencingToken) verdicts.set(result, "stale");
      else if (row.ordered_by === null && untroubled.has(row.endpoint_id)) simple.push({ row, result });
    }
    await writeAll(view, tenantId, simple);
    for (const { row, result } of simple) {
      verdicts.set(result, "recorded");
      counted.push({ row, result: "delivered", status: "delivered" });
    }
  }
  await countAttempts(view, counted);
  return results.map((result) => verdicts.get(result) ?? "alone");
}

async function readRows(
  view: WriteView,
  tenantId: string,
  results: readonly AttemptResult[],
): Promise<ReadonlyMap<string, DeliveryRow>> {
  const rows = await view.db
    .selectFrom("deliveries")
    .selectAll()
    .$if(view.locksRows, (query) => query.forNoKeyUpdate())
    .where("tenant_id", "=", tenantId)
    .where("delivery_id", "in", view.listed(results.map((result) => result.deliveryId)))
    // Locked in one order by all nodes.
    .orderBy("delivery_id")
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

async function writeAll(
  view: WriteView,
  tenantId: string,
  simple: readonly { readonly row: DeliveryRow; readonly result: AttemptResult }[],
): Promise<void> {
  if (simple.length === 0) return;
  await together([
    view.db
      .insertInto("delivery_attempts")
      .values(simple.map(({ row, result }) => attemptRow(row, result)))
      .execute(),
    view.db
      .updateTable("deliveries")
      .set({ status: "delivered", reason: null, due_at_ms: null, crashes: 0, updated_at_ms: view.nowMs })
      .where("tenant_id", "=", tenantId)
      .where("delivery_id", "in", view.listed(simple.map(({ row }) => row.delivery_id)))
      .execute(),
  ]);
}
