import { type ExpressionBuilder, type RawBuilder, sql } from "kysely";
import type { ReadView, WriteView } from "./backend.ts";
import type { DeliveryRow, Tables } from "./tables.ts";

/**
 * First in, first out for each customer (`ordered` of an endpoint). What is due and not yet first is parked: it waits
 * without a time, and the one before it makes it due when it ends. Both happen under the lock of the endpoint, so that
 * none is parked behind one that has just ended.
 */

/**
 * What comes before: under way or going to be. One that is `held` waits for its endpoint, as all behind it do.
 * In the very words of the index over these: only then is it read, and not all that was ever delivered.
 */
const IS_AHEAD: RawBuilder<boolean> = sql`status in ('pending', 'failing', 'inFlight')`;

/** Parks what is not first. @returns the ids that were parked, of those asked for */
export async function parkBehind(
  view: WriteView,
  where: { readonly tenantId: string; readonly deliveryIds: readonly string[] },
): Promise<ReadonlySet<string>> {
  const parked = await view.db
    .updateTable("deliveries")
    // `crashes` and the retries it made stand: it goes on where it was.
    .set({ due_at_ms: null, updated_at_ms: view.nowMs })
    .where("tenant_id", "=", where.tenantId)
    .where("delivery_id", "in", where.deliveryIds)
    .where("ordered_by", "is not", null)
    // One in flight whose process died has had its turn.
    .where("status", "!=", sql.lit("inFlight"))
    .where((row) => row.exists(aheadOf(row)))
    .returning("delivery_id")
    .execute();
  return new Set(parked.map((row) => row.delivery_id));
}

function aheadOf(row: ExpressionBuilder<Tables, "deliveries">) {
  return row
    .selectFrom("deliveries as ahead")
    .select("ahead.sequence")
    .whereRef("ahead.tenant_id", "=", "deliveries.tenant_id")
    .whereRef("ahead.endpoint_id", "=", "deliveries.endpoint_id")
    .whereRef("ahead.ordered_by", "=", "deliveries.ordered_by")
    .whereRef("ahead.sequence", "<", "deliveries.sequence")
    .where(sql<boolean>`ahead.${IS_AHEAD}`);
}

/** One has ended: the next of the same customer is due, if it was parked. */
export async function freeNext(
  view: WriteView,
  ended: Pick<DeliveryRow, "tenant_id" | "endpoint_id" | "ordered_by">,
): Promise<void> {
  if (ended.ordered_by === null) return;
  const next = await view.db
    .selectFrom("deliveries")
    .select(["delivery_id", "due_at_ms"])
    .where("tenant_id", "=", ended.tenant_id)
    .where("endpoint_id", "=", ended.endpoint_id)
    .where("ordered_by", "=", ended.ordered_by)
    .where(IS_AHEAD)
    .orderBy("sequence")
    .limit(1)
    .executeTakeFirst();
  if (next === undefined || next.due_at_ms !== null) return;
  await view.db
    .updateTable("deliveries")
    .set({ due_at_ms: view.nowMs, updated_at_ms: view.nowMs })
    .where("tenant_id", "=", ended.tenant_id)
    .where("delivery_id", "=", next.delivery_id)
    .execute();
  view.madeDue();
}

/** What is parked, of all tenants. */
export function selectParked({ db }: ReadView) {
  return db
    .selectFrom("deliveries")
    .select("status")
    .where("ordered_by", "is not", null)
    .where(IS_AHEAD)
    .where("due_at_ms", "is", null);
}
