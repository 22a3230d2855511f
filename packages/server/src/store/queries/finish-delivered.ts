import { sql } from "kysely";
import type { AttemptResult } from "../store.ts";
import { attemptRow } from "./attempt-row.ts";
import type { Backend, GroupOrder, WriteView } from "./backend.ts";
import { createBatches } from "./batches.ts";
import { afterSuccess } from "./endpoint-health.ts";
import { type CountedAttempt, countAttempts } from "./hourly.ts";
import type { DeliveryRow, EndpointRow } from "./tables.ts";
import { together } from "./together.ts";

/** What became of a result in a batch; `alone`: nothing, and it is written by itself. */
export type BatchVerdict = "recorded" | "alone";

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
  const tenantIds = [...new Set(results.map((result) => result.tenantId))];
  const simple = await together(
    tenantIds.map(async (tenantId) => {
      const own = results.filter((result) => result.tenantId === tenantId);
      const untroubled = await readUntroubled(view, tenantId, own);
      return own.filter((result) => untroubled.has(result.endpointId));
    }),
  );
  const ended = (await together(simple.map(async (own) => await endAll(view, own)))).flat();
  await logAll(view, ended);
  const recorded = new Set(ended.map(({ result }) => result));
  return results.map((result) => (recorded.has(result) ? "recorded" : "alone"));
}

/** What a delivery that has ended is counted and logged by: read of every row, so no more than that. */
const ENDED = [
  "tenant_id",
  "delivery_id",
  "endpoint_id",
  "fencing_token",
  "attempts",
  "test",
] as const satisfies readonly (keyof DeliveryRow)[];

/** A result that changed its own row and nothing else. */
interface Ended {
  readonly row: Pick<DeliveryRow, (typeof ENDED)[number]>;
  readonly result: AttemptResult;
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

/** Results of one tenant. One that is stale, or of an ordered endpoint, is left as it is. */
async function endAll(view: WriteView, results: readonly AttemptResult[]): Promise<readonly Ended[]> {
  const [first] = results;
  if (first === undefined) return [];
  const rows = await view.db
    .updateTable("deliveries")
    .set({ status: "delivered", reason: null, due_at_ms: null, crashes: 0, leased_by: null, updated_at_ms: view.nowMs })
    .where("tenant_id", "=", first.tenantId)
    .where((row) => sql<boolean>`(${row.ref("delivery_id")}, ${row.ref("fencing_token")}) in ${view.leases(results)}`)
    // Not in the words of the index over what is in flight: it is looked up by the key.
    .where(sql`coalesce(status, '')`, "=", "inFlight")
    .where("ordered_by", "is", null)
    .returning(ENDED)
    .execute();
  const rowOf = new Map(rows.map((row) => [row.delivery_id, row]));
  return results.flatMap((result) => {
    const row = rowOf.get(result.deliveryId);
    return row?.fencing_token === result.fencingToken ? [{ row, result }] : [];
  });
}

async function logAll(view: WriteView, ended: readonly Ended[]): Promise<void> {
  if (ended.length === 0) return;
  await together([
    view.insertRows(
      "delivery_attempts",
      ended.map(({ row, result }) => attemptRow(row, result)),
    ),
    countAttempts(
      view,
      ended.map(({ row }): CountedAttempt => ({ row, result: "delivered", status: "delivered" })),
    ),
  ]);
}
