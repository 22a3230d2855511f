import { sql } from "kysely";
import type { Backlog, DeliveryStatus } from "../records.ts";
import type { Store } from "../store.ts";
import type { Backend, ReadView } from "./backend.ts";
import { selectParked } from "./ordered.ts";

const HOUR_MS = 3_600_000;
/** A scrape must not read a million rows: from here on "many" is all that anybody needs to know. */
const MOST = 100_000;

type Statuses = ReturnType<typeof selectParked>;

/** The part of the {@link Store} that metrics are read from. */
export function backlogQueries({ read, earliestDue }: Backend): Pick<Store, "readBacklog"> {
  return {
    readBacklog: async () =>
      await read(async (view) => {
        const due = await earliestDue(view);
        return {
          waiting: await countWaiting(view),
          lagMs: due === null ? 0 : Math.max(0, view.nowMs - due),
          endpoints: await countEndpoints(view),
          operatorEvents: await countOperatorEvents(view),
        };
      }),
  };
}

/** By the partial indices over what has not ended: what was delivered is not read. */
async function countWaiting(view: ReadView): Promise<Backlog["waiting"]> {
  const scheduled = view.db
    .selectFrom("deliveries")
    .select("status")
    .where("due_at_ms", "is not", null)
    .where("status", "in", ["pending", "failing"])
    .limit(MOST);
  // Behind one of the same customer, and so without a time.
  const parked = selectParked(view).limit(MOST);
  const [timed, behind] = [await countByStatus(view, scheduled), await countByStatus(view, parked)];
  const countOf = (status: DeliveryStatus): number => (timed.get(status) ?? 0) + (behind.get(status) ?? 0);
  return {
    pending: countOf("pending"),
    failing: countOf("failing"),
    inFlight: await countOne(view.db, "inFlight"),
    held: await countOne(view.db, "held"),
  };
}

async function countByStatus({ db }: ReadView, rows: Statuses): Promise<ReadonlyMap<DeliveryStatus, number>> {
  const counted = await db
    .selectFrom(rows.as("rows"))
    .select(["status", sql<number>`count(*)`.as("count")])
    .groupBy("status")
    .execute();
  return new Map(counted.map(({ status, count }) => [status, count]));
}

async function countOne(db: ReadView["db"], status: "inFlight" | "held"): Promise<number> {
  const rows = db
    .selectFrom("deliveries")
    .select("tenant_id")
    // A literal: only then is it the partial index of this status that is read.
    .where("status", "=", sql.lit(status))
    .limit(MOST);
  const { count } = await db
    .selectFrom(rows.as("rows"))
    .select(sql<number>`count(*)`.as("count"))
    .executeTakeFirstOrThrow();
  return count;
}

async function countEndpoints({ db }: ReadView): Promise<Backlog["endpoints"]> {
  const rows = await db.selectFrom("endpoints").select(["disabled_reason", "failing_since_ms"]).execute();
  const disabled = rows.filter((row) => row.disabled_reason !== null).length;
  const failing = rows.filter((row) => row.disabled_reason === null && row.failing_since_ms !== null).length;
  return { enabled: rows.length - disabled - failing, failing, disabled };
}

async function countOperatorEvents({ db, nowMs }: ReadView): Promise<Backlog["operatorEvents"]> {
  const rows = await db
    .selectFrom("events")
    .select(["operator_type", sql<number>`count(*)`.as("count")])
    .where("operator_type", "is not", null)
    .where("created_at_ms", ">", nowMs - HOUR_MS)
    .groupBy("operator_type")
    .execute();
  const counts: Record<string, number> = {};
  for (const { operator_type, count } of rows) if (operator_type !== null) counts[operator_type] = count;
  return counts;
}
