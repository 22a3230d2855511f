import { sql } from "kysely";
import type { Overview } from "../ledger.ts";
import type { AtMs } from "../records.ts";
import type { InTenant, Store } from "../store.ts";
import type { Backend, ReadView } from "./backend.ts";
import { hasStatus } from "./has-status.ts";

type Span = Parameters<Store["readOverview"]>[0];

const HOUR_MS = 3_600_000;
/** Beyond, "many" is all that a person needs to know, and counting on would take as long as there are rows. */
const MOST_COUNTED = 1_000;
/** Enough for a 95th percentile, few enough to be read at each look. */
const TIMED = 200;
const STATES = ["pending", "inFlight", "failing", "held", "dead"] as const;

/** The part of the {@link Store} that a person looks at first. */
export function overviewQueries({ read }: Backend): Pick<Store, "readOverview" | "readPulse"> {
  return {
    readOverview: async (where) => await read(async (view) => await readOverview(view, where)),
    readPulse: async ({ tenantId }) => await read(async (view) => await readPulse(view, tenantId)),
  };
}

/** The last place of the feed before a time; 0: there is none. The store's time never runs back, so both go together. */
export async function placeBefore({ db }: ReadView, where: InTenant & { readonly atMs: AtMs }): Promise<number> {
  const row = await db
    .selectFrom("events")
    .select("sequence")
    .where("tenant_id", "=", where.tenantId)
    .where("created_at_ms", "<", where.atMs)
    .orderBy("created_at_ms", "desc")
    .orderBy("sequence", "desc")
    .limit(1)
    .executeTakeFirst();
  return row?.sequence ?? 0;
}

async function readOverview(view: ReadView, where: Span): Promise<Overview> {
  const { tenantId } = where;
  const counts: [string, number][] = [];
  for (const status of STATES) counts.push([status, await countState(view, { tenantId, status })]);
  const rhythm = await view.db
    .selectFrom("rhythms")
    .select(["last_event_at_ms", "told"])
    .where("tenant_id", "=", tenantId)
    .executeTakeFirst();
  return {
    // One pair for each of STATES.
    waiting: Object.fromEntries(counts) as Overview["waiting"],
    mostCounted: MOST_COUNTED,
    endpoints: await sumAttempts(view, where),
    details: await lastDetails(view, where),
    silence: rhythm === undefined ? null : { lastEventAtMs: rhythm.last_event_at_ms, told: rhythm.told === 1 },
  };
}

async function countState(
  { db }: ReadView,
  where: InTenant & { readonly status: (typeof STATES)[number] },
): Promise<number> {
  const rows = db
    .selectFrom("deliveries")
    .select("status")
    .where("tenant_id", "=", where.tenantId)
    .where(hasStatus(where.status))
    .limit(MOST_COUNTED);
  const counted = db.selectFrom(rows.as("rows")).select(sql<number>`count(*)`.as("count"));
  return (await counted.executeTakeFirstOrThrow()).count;
}

async function sumAttempts({ db }: ReadView, { tenantId, fromMs, toMs }: Span): Promise<Overview["endpoints"]> {
  const sum = (column: "attempts_delivered" | "attempts_failed") =>
    sql<number>`cast(sum(${sql.ref(column)}) as bigint)`;
  const rows = await db
    .selectFrom("hourly_deliveries")
    .select(["endpoint_id", sum("attempts_delivered").as("delivered"), sum("attempts_failed").as("failed")])
    .where("tenant_id", "=", tenantId)
    .where("hour_ms", ">=", fromMs - (fromMs % HOUR_MS))
    .where("hour_ms", "<", toMs)
    .groupBy("endpoint_id")
    .orderBy("endpoint_id")
    .execute();
  return rows.map(({ endpoint_id, delivered, failed }) => ({ endpointId: endpoint_id, delivered, failed }));
}

async function lastDetails(view: ReadView, { tenantId, fromMs, toMs }: Span): Promise<readonly string[]> {
  const rows = await view.db
    .selectFrom("authentications")
    .select("details")
    .where("tenant_id", "=", tenantId)
    .where("sequence", ">", await placeBefore(view, { tenantId, atMs: fromMs }))
    .where("sequence", "<=", await placeBefore(view, { tenantId, atMs: toMs }))
    .orderBy("sequence", "desc")
    .limit(TIMED)
    .execute();
  return rows.map((row) => row.details);
}

async function readPulse({ db, nowMs }: ReadView, tenantId: string): Promise<string> {
  const feed = await db
    .selectFrom("feeds")
    .select("last_sequence")
    .where("tenant_id", "=", tenantId)
    .executeTakeFirst();
  const hours = await db
    .selectFrom("hourly_deliveries")
    .select(["endpoint_id", "attempts_delivered", "attempts_failed"])
    .where("tenant_id", "=", tenantId)
    .where("hour_ms", "=", nowMs - (nowMs % HOUR_MS))
    .execute();
  const attempts = hours.reduce((sum, hour) => sum + hour.attempts_delivered + hour.attempts_failed, 0);
  return `${feed?.last_sequence ?? 0}.${attempts}`;
}
