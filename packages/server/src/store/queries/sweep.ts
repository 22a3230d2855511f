import { FINAL_STATUSES, type Swept } from "../records.ts";
import type { InTenant, Store } from "../store.ts";
import type { Backend, WriteView } from "./backend.ts";
import { sweepCaptures } from "./capture-sessions.ts";
import { sweepHours } from "./hourly.ts";
import { lockTenant } from "./lock-tenant.ts";
import { sweepKeptPictures } from "./pictures.ts";
import { sweepPictures } from "./seen-pictures.ts";

type Sweep = Parameters<Store["sweep"]>[0];

/** Some places of a tenant's feed in a row, and from when on they are too young. */
interface Stretch extends InTenant {
  readonly after: number;
  readonly last: number;
  readonly beforeMs: number;
}

/** The part of the {@link Store} that forgets what is old. */
export function sweepQueries({ write }: Backend): Pick<Store, "sweep"> {
  return { sweep: async (where) => await write(async (view) => await sweep(view, where)) };
}

/** The feed is in the order of time, so the old are its beginning: a batch reads no more than it may take. */
async function sweep(view: WriteView, where: Sweep): Promise<Swept> {
  const { tenantId, limit } = where;
  const beforeMs = view.nowMs - where.olderThanMs;
  const after = where.after ?? 0;
  // An erasure goes through the same rows in another order.
  await lockTenant(view, tenantId);
  const idempotency = await sweepIdempotency(view, { tenantId, beforeMs, limit });
  await sweepHours(view, { tenantId, beforeMs });
  await sweepCaptures(view, { tenantId, beforeMs });
  await sweepPictures(view, { tenantId, beforeMs });
  const morePictures = await sweepKeptPictures(view, { tenantId });
  const places = await view.db
    .selectFrom("events")
    .select(["sequence", "created_at_ms"])
    .where("tenant_id", "=", tenantId)
    .where("sequence", ">", after)
    .orderBy("sequence")
    .limit(limit)
    .execute();
  const young = places.findIndex((place) => place.created_at_ms >= beforeMs);
  const old = young === -1 ? places : places.slice(0, young);
  const last = old.at(-1)?.sequence ?? after;
  const counts = { idempotency, ...(await sweepStretch(view, { tenantId, after, last, beforeMs })) };
  return { counts, next: old.length === limit || idempotency === limit || morePictures ? last : null };
}

type StretchCounts = Readonly<Record<"deliveries" | "events" | "authentications", number>>;

async function sweepStretch({ db }: WriteView, { tenantId, after, last, beforeMs }: Stretch): Promise<StretchCounts> {
  if (last === after) return { deliveries: 0, events: 0, authentications: 0 };
  const kept = db
    .selectFrom("deliveries")
    .select("sequence")
    .where("tenant_id", "=", tenantId)
    .where("sequence", ">", after)
    .where("sequence", "<=", last)
    .where((or) => or.or([or("status", "not in", FINAL_STATUSES), or("updated_at_ms", ">=", beforeMs)]));
  // Their attempts go with them.
  const deliveries = await db
    .deleteFrom("deliveries")
    .where("tenant_id", "=", tenantId)
    .where("sequence", ">", after)
    .where("sequence", "<=", last)
    .where("sequence", "not in", kept)
    .executeTakeFirstOrThrow();
  const numbers = { deliveries: Number(deliveries.numDeletedRows), events: 0, authentications: 0 };
  const going = db
    .selectFrom("authentications")
    .select("authentication_id")
    .where("tenant_id", "=", tenantId)
    .where("sequence", ">", after)
    .where("sequence", "<=", last)
    .where("sequence", "not in", kept);
  // However long it was to be kept: a picture without its attempt is nobody's.
  await db.deleteFrom("pictures").where("tenant_id", "=", tenantId).where("authentication_id", "in", going).execute();
  for (const table of ["events", "authentications"] as const) {
    const gone = await db
      .deleteFrom(table)
      .where("tenant_id", "=", tenantId)
      .where("sequence", ">", after)
      .where("sequence", "<=", last)
      .where("sequence", "not in", kept)
      .executeTakeFirstOrThrow();
    numbers[table] = Number(gone.numDeletedRows);
  }
  return numbers;
}

/** One that still runs keeps its place, however old: a repeated request must not run beside it (F42). */
async function sweepIdempotency(
  { db, nowMs }: WriteView,
  { tenantId, beforeMs, limit }: InTenant & { readonly beforeMs: number; readonly limit: number },
): Promise<number> {
  const old = db
    .selectFrom("idempotency")
    .select("key_hash")
    .where("tenant_id", "=", tenantId)
    .where("created_at_ms", "<", beforeMs)
    .where((or) => or.or([or("status", "is not", null), or("lease_until_ms", "<=", nowMs)]))
    .orderBy("created_at_ms")
    .limit(limit);
  const gone = await db
    .deleteFrom("idempotency")
    .where("tenant_id", "=", tenantId)
    .where("key_hash", "in", old)
    .executeTakeFirstOrThrow();
  return Number(gone.numDeletedRows);
}
