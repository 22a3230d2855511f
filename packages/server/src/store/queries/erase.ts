import type { ErasureCounts } from "../records.ts";
import type { CustomerRef, Store } from "../store.ts";
import { appendAudit } from "./audit.ts";
import type { Backend, WriteView } from "./backend.ts";
import { lockTenant } from "./lock-tenant.ts";

/** The part of the {@link Store} that forgets a customer (I9). */
export function eraseQueries({ write, scrub }: Backend): Pick<Store, "eraseCustomer"> {
  return {
    eraseCustomer: async ({ receiptId, audit, ...ref }) => {
      const counts = await write(async (view) => {
        await lockTenant(view, ref.tenantId);
        const erased = { ...(await eraseEvents(view, ref)), ...(await eraseRows(view, ref)) };
        await leaveTombstone(view, ref, receiptId);
        await appendAudit(view, ref.tenantId, { ...audit, details: { ...audit.details, ...erased } });
        return erased;
      });
      await scrub();
      return counts;
    },
  };
}

/** Rows that go altogether, found by the customer's id; templates first, which refer to the customer. */
const TABLES_BY_ID = ["templates", "customers", "authentications", "capture_sessions", "pictures"] as const;

async function eraseRows(view: WriteView, ref: CustomerRef): Promise<ErasureCounts> {
  const counts: Record<string, number> = {};
  for (const table of TABLES_BY_ID) {
    const rows = await view.db
      .deleteFrom(table)
      .where("tenant_id", "=", ref.tenantId)
      .where("customer_id", "=", ref.customerId)
      .returning("customer_id")
      .execute();
    counts[table === "capture_sessions" ? "captures" : table] = rows.length;
  }
  return { ...counts, ...(await eraseBySubject(view, ref)) };
}

async function eraseBySubject(view: WriteView, ref: CustomerRef): Promise<ErasureCounts> {
  // The block stays as keyed hash; the reason may name anybody.
  const blocks = await view.db
    .updateTable("blocks")
    .set({ reason: null })
    .where("tenant_id", "=", ref.tenantId)
    .where("subject", "=", ref.subject)
    .where("reason", "is not", null)
    .returning("subject")
    .execute();
  // One that still runs keeps its place, which holds hashes only: a repeated request must not run beside it (F42).
  const idempotency = await view.db
    .deleteFrom("idempotency")
    .where("tenant_id", "=", ref.tenantId)
    .where("subject", "=", ref.subject)
    .where("status", "is not", null)
    .returning("subject")
    .execute();
  const counters = await view.db
    .deleteFrom("failure_counters")
    .where("tenant_id", "=", ref.tenantId)
    .where("scope", "=", "customer")
    .where("subject", "=", ref.subject)
    .returning("subject")
    .execute();
  const pictures = await view.db
    .deleteFrom("seen_pictures")
    .where("tenant_id", "=", ref.tenantId)
    .where("subject", "=", ref.subject)
    .returning("subject")
    .execute();
  return {
    seenPictures: pictures.length,
    blockReasons: blocks.length,
    idempotency: idempotency.length,
    failureCounters: counters.length,
  };
}

async function eraseEvents(view: WriteView, ref: CustomerRef): Promise<ErasureCounts> {
  const deliveries = await eraseDeliveries(view, ref);
  const emptied = await view.db
    .updateTable("events")
    .set({ subject: null, outcome: null, authentication_id: null, body: null, traceparent: null })
    .where("tenant_id", "=", ref.tenantId)
    .where("subject", "=", ref.subject)
    .returning("event_id")
    .execute();
  return { events: emptied.length, ...deliveries };
}

async function eraseDeliveries(view: WriteView, ref: CustomerRef): Promise<ErasureCounts> {
  const places = placesOf(view, ref);
  // What is not final ends here; a higher token makes the result of one in flight stale. What was final stays so.
  const ended = await view.db
    .updateTable("deliveries")
    .set((set) => ({
      status: "skipped",
      fencing_token: set("fencing_token", "+", 1),
      due_at_ms: null,
      updated_at_ms: view.nowMs,
    }))
    .where("tenant_id", "=", ref.tenantId)
    .where("sequence", "in", places)
    .where("status", "in", ["pending", "failing", "inFlight", "held"])
    .returning("delivery_id")
    .execute();
  await view.db
    .updateTable("deliveries")
    .set({ reason: "erased" })
    .where("tenant_id", "=", ref.tenantId)
    .where("sequence", "in", places)
    .where("status", "!=", "delivered")
    .execute();
  await untieDeliveries(view, ref);
  // Last: a result that was being written while this waited for its row has left its attempt by now, and none comes later.
  const attempts = await view.db
    .deleteFrom("delivery_attempts")
    .where("tenant_id", "=", ref.tenantId)
    .where("delivery_id", "in", (where) =>
      where
        .selectFrom("deliveries")
        .select("delivery_id")
        .where("tenant_id", "=", ref.tenantId)
        .where("sequence", "in", places),
    )
    .returning("number")
    .execute();
  return { deliveries: ended.length, deliveryAttempts: attempts.length };
}

/** Nothing tells any more that deliveries to an ordered endpoint were those of one customer. */
async function untieDeliveries(view: WriteView, ref: CustomerRef): Promise<void> {
  await view.db
    .updateTable("deliveries")
    .set({ ordered_by: null })
    .where("tenant_id", "=", ref.tenantId)
    .where("sequence", "in", placesOf(view, ref))
    .where("ordered_by", "is not", null)
    .execute();
}

/** Where the customer's events are in the feed: deliveries are found by that. */
function placesOf(view: WriteView, ref: CustomerRef) {
  return view.db
    .selectFrom("events")
    .select("sequence")
    .where("tenant_id", "=", ref.tenantId)
    .where("subject", "=", ref.subject);
}

/** Notes by keyed hash that the customer was erased. */
export async function leaveTombstone(view: WriteView, ref: CustomerRef, receiptId: string): Promise<void> {
  const tombstone = { receipt_id: receiptId, erased_at_ms: view.nowMs };
  await view.db
    .insertInto("tombstones")
    .values({ tenant_id: ref.tenantId, subject: ref.subject, ...tombstone })
    .onConflict((on) => on.columns(["tenant_id", "subject"]).doUpdateSet(tombstone))
    .execute();
}
