import { sql } from "kysely";
import { type Delivery, type DeliveryAttempt, type DeliveryStatus, FOR_LISTENER, type Page } from "../records.ts";
import type { InTenant, Paging, Store } from "../store.ts";
import { appendAudit } from "./audit.ts";
import type { Backend, ReadView, WriteView } from "./backend.ts";
import { encodeCursor, sequenceAndIdCursor } from "./cursor.ts";
import { readEndpoint } from "./endpoint-records.ts";
import { insertEvent } from "./events.ts";
import { beginsAs } from "./fan-out.ts";
import { hasStatus } from "./has-status.ts";
import { lockTenant } from "./lock-tenant.ts";
import type { DeliveryAttemptRow, DeliveryRow } from "./tables.ts";
import { toPage } from "./to-page.ts";

type Retried = Awaited<ReturnType<Store["retryDelivery"]>>;

/** The part of the {@link Store} that makes test sends, and reads and reopens deliveries. */
export function deliveryQueries({
  read,
  write,
}: Backend): Pick<Store, "createTestDelivery" | "listDeliveries" | "readDelivery" | "retryDelivery"> {
  return {
    createTestDelivery: async (where) => await write(async (view) => await createTestDelivery(view, where)),
    listDeliveries: async (where) => await read(async (view) => await listDeliveries(view, where)),
    readDelivery: async (where) =>
      await read(async (view) => {
        const row = await readRow(view, where);
        if (row === undefined) return null;
        return { ...toDelivery(row), attemptLog: await readAttempts(view, where) };
      }),
    retryDelivery: async (where) => await write(async (view) => await retryDelivery(view, where)),
  };
}

async function createTestDelivery(
  view: WriteView,
  where: Parameters<Store["createTestDelivery"]>[0],
): Promise<Delivery | null> {
  await lockTenant(view, where.tenantId);
  const endpoint = await readEndpoint(view, where);
  if (endpoint === null) return null;
  const sequence = await insertEvent(view, {
    tenant_id: where.tenantId,
    event_id: where.eventId,
    subject: null,
    outcome: where.outcome,
    authentication_id: null,
    body: where.body,
    test: 1,
    operator_type: null,
    traceparent: null,
  });
  const row: DeliveryRow = {
    tenant_id: where.tenantId,
    delivery_id: where.deliveryId,
    event_id: where.eventId,
    endpoint_id: where.endpointId,
    sequence,
    ...beginsAs(view, endpoint.disabledReason),
    attempts: 0,
    retries_done: 0,
    crashes: 0,
    fencing_token: 0,
    test: 1,
    ordered_by: null,
    leased_by: null,
    created_at_ms: view.nowMs,
    updated_at_ms: view.nowMs,
  };
  await view.db.insertInto("deliveries").values(row).execute();
  await appendAudit(view, where.tenantId, where.audit);
  return toDelivery(row);
}

async function listDeliveries(
  view: ReadView,
  where: InTenant &
    Paging & {
      readonly endpointId: string | null;
      readonly status: DeliveryStatus | null;
      readonly eventId: string | null;
    },
): Promise<Page<Delivery>> {
  const before = sequenceAndIdCursor("deliveriesByPlace", where.after);
  const inFlight = where.status === "inFlight";
  // What is in flight is little, and sorted: in the order of the feed's index all that was ever delivered would be read.
  const sequence = inFlight ? sql<number>`sequence + 0` : sql.ref<number>("sequence");
  let query = view.db
    .selectFrom("deliveries")
    .selectAll()
    .where("tenant_id", "=", where.tenantId)
    .orderBy(sequence, "desc")
    .orderBy("endpoint_id", "desc")
    .limit(where.limit + 1);
  if (before !== null) {
    query = query.where(sql<boolean>`(${sequence}, endpoint_id) < (${before.sequence}, ${before.id})`);
  }
  // All of them: it names the second column of its index, too, and SQLite takes that rather than the key.
  if (inFlight) query = query.where("endpoint_id", ">", "");
  if (where.endpointId !== null) query = query.where("endpoint_id", "=", where.endpointId);
  if (where.status !== null) query = query.where(hasStatus(where.status));
  if (where.eventId !== null) query = query.where("sequence", "=", placeOf(view, { ...where, eventId: where.eventId }));
  return toPage(await query.execute(), {
    limit: where.limit,
    itemOf: toDelivery,
    cursorOf: (row) => encodeCursor("deliveriesByPlace", [row.sequence, row.endpoint_id]),
  });
}

/** Where an event is in the feed: deliveries are found by that. */
function placeOf({ db }: ReadView, { tenantId, eventId }: InTenant & { readonly eventId: string }) {
  return db.selectFrom("events").select("sequence").where("tenant_id", "=", tenantId).where("event_id", "=", eventId);
}

async function retryDelivery(view: WriteView, where: Parameters<Store["retryDelivery"]>[0]): Promise<Retried> {
  await lockTenant(view, where.tenantId);
  const row = await readRow(view, where, view.locksRows);
  if (row === undefined) return { kind: "unknown" };
  if (row.status === "inFlight") return { kind: "busy" };
  const event = await view.db
    .selectFrom("events")
    .select("body")
    .where("tenant_id", "=", where.tenantId)
    .where("event_id", "=", row.event_id)
    .executeTakeFirst();
  if (event === undefined || event.body === null) return { kind: "erased" };
  const endpoint = await readEndpoint(view, { tenantId: where.tenantId, endpointId: row.endpoint_id });
  if (endpoint === null || !(endpoint.enabled || endpoint.disabledReason === FOR_LISTENER)) {
    return { kind: "endpointUnavailable" };
  }
  const reopened = {
    ...beginsAs(view, endpoint.disabledReason),
    retries_done: 0,
    crashes: 0,
    updated_at_ms: view.nowMs,
  };
  await view.db
    .updateTable("deliveries")
    .set(reopened)
    .where("tenant_id", "=", where.tenantId)
    .where("delivery_id", "=", where.deliveryId)
    .execute();
  await appendAudit(view, where.tenantId, where.audit);
  return toDelivery({ ...row, ...reopened });
}

async function readRow(
  { db }: ReadView,
  where: InTenant & { readonly deliveryId: string },
  locked = false,
): Promise<DeliveryRow | undefined> {
  return await db
    .selectFrom("deliveries")
    .selectAll()
    .$if(locked, (query) => query.forNoKeyUpdate())
    .where("tenant_id", "=", where.tenantId)
    .where("delivery_id", "=", where.deliveryId)
    .executeTakeFirst();
}

async function readAttempts(
  { db }: ReadView,
  where: InTenant & { readonly deliveryId: string },
): Promise<readonly DeliveryAttempt[]> {
  const rows = await db
    .selectFrom("delivery_attempts")
    .selectAll()
    .where("tenant_id", "=", where.tenantId)
    .where("delivery_id", "=", where.deliveryId)
    .orderBy("number")
    .execute();
  return rows.map(toAttempt);
}

function toDelivery(row: DeliveryRow): Delivery {
  const waits = row.status === "pending" || row.status === "failing";
  return {
    deliveryId: row.delivery_id,
    tenantId: row.tenant_id,
    eventId: row.event_id,
    endpointId: row.endpoint_id,
    status: row.status,
    reason: row.reason,
    attempts: row.attempts,
    nextAttemptAtMs: waits ? row.due_at_ms : null,
    test: row.test === 1,
    createdAtMs: row.created_at_ms,
    updatedAtMs: row.updated_at_ms,
  };
}

function toAttempt(row: DeliveryAttemptRow): DeliveryAttempt {
  return {
    number: row.number,
    startedAtMs: row.started_at_ms,
    durationMs: row.duration_ms,
    result: row.result,
    reason: row.reason,
    httpStatus: row.http_status,
    replyBody: row.reply_body,
    replyContentType: row.reply_content_type,
  };
}
