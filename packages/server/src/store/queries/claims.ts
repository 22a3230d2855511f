import { type RawBuilder, sql } from "kysely";
import type { AtMs, Endpoint } from "../records.ts";
import type { ClaimedDelivery, ClaimRequest, Store } from "../store.ts";
import type { Backend, GroupOrder, PickedDelivery, WriteView } from "./backend.ts";
import { readSecrets, toEndpoint } from "./endpoint-records.ts";
import { spendRate } from "./lane-room.ts";
import { parkBehind } from "./ordered.ts";
import type { DeliveryRow, EventRow } from "./tables.ts";
import { together } from "./together.ts";

/** It waits for no lock, only skips, and for no result: a worker knows what has ended before the store does. */
const CLAIM: GroupOrder = { group: "claims", lock: "claim" };

/** The part of the {@link Store} that leases deliveries. */
export function claimQueries(
  backend: Backend,
): Pick<Store, "claimDeliveries" | "releaseDelivery" | "nextDueInMs" | "onDeliveriesDue"> {
  return {
    claimDeliveries: async (request) =>
      await backend.write(async (view) => {
        const [picked] = await together([backend.pickDue(view, request), endOrphans(view)]);
        const claimed = new Map<string, ClaimedDelivery>();
        for (const tenantId of new Set(picked.map((delivery) => delivery.tenantId))) {
          const deliveries = picked.filter((delivery) => delivery.tenantId === tenantId);
          const first = await firstInTurn(view, tenantId, deliveries);
          for (const one of await lease(view, { tenantId, deliveries: first, request })) claimed.set(keyOf(one), one);
        }
        // In the order of the pick: the fairest first.
        return picked.map((delivery) => claimed.get(keyOf(delivery))).filter((one) => one !== undefined);
      }, CLAIM),
    releaseDelivery: async (where) => {
      await backend.write(async (view) => {
        await release(view, where);
      });
    },
    nextDueInMs: async () =>
      await backend.read(async (view) => {
        const dueAtMs = await backend.earliestDue(view);
        return dueAtMs === null ? null : backend.takesMs(Math.max(0, dueAtMs - view.nowMs));
      }),
    onDeliveriesDue: backend.onDeliveriesDue,
  };
}

/** All but those of an ordered endpoint that wait for one before them. */
async function firstInTurn(
  view: WriteView,
  tenantId: string,
  picked: readonly PickedDelivery[],
): Promise<readonly PickedDelivery[]> {
  const deliveryIds = picked.flatMap((delivery) => (delivery.isOrdered ? [delivery.deliveryId] : []));
  if (deliveryIds.length === 0) return picked;
  const parked = await parkBehind(view, { tenantId, deliveryIds });
  return picked.filter((delivery) => !parked.has(delivery.deliveryId));
}

function keyOf(delivery: Pick<PickedDelivery, "tenantId" | "deliveryId">): string {
  return JSON.stringify([delivery.tenantId, delivery.deliveryId]);
}

// Every claim asks for them: written by hand, since what builds and compiles a statement costs more than this one does.
type Orphan = Pick<DeliveryRow, "tenant_id" | "delivery_id"> & {
  readonly endpoint_id: string | null;
  readonly disabled_reason: string | null;
};
const LOCK_ORPHANS = sql`for no key update of d skip locked`;
const NO_LOCK = sql``;

/** Deliveries whose process died and whose endpoint is disabled or gone meanwhile: none claims them any more (F44). */
async function endOrphans(view: WriteView): Promise<void> {
  const { rows: orphans } = await sql<Orphan>`
    select d.tenant_id, d.delivery_id, e.endpoint_id, e.disabled_reason from deliveries d
    left join endpoints e on e.tenant_id = d.tenant_id and e.endpoint_id = d.endpoint_id
    where d.status = 'inFlight' and d.due_at_ms <= ${view.nowMs}
      and (e.endpoint_id is null or e.disabled_reason is not null)
    ${view.locksRows ? LOCK_ORPHANS : NO_LOCK}`.execute(view.db);
  for (const orphan of orphans) {
    const gone = orphan.endpoint_id === null;
    await view.db
      .updateTable("deliveries")
      .set((set) => ({
        status: gone ? "skipped" : "held",
        reason: gone ? "endpointDeleted" : orphan.disabled_reason,
        due_at_ms: null,
        fencing_token: set("fencing_token", "+", 1),
        updated_at_ms: view.nowMs,
      }))
      .where("tenant_id", "=", orphan.tenant_id)
      .where("delivery_id", "=", orphan.delivery_id)
      .execute();
  }
}

/** What a claim tells of a delivery: read of every row that is leased, so no more than that. */
const LEASED = [
  "tenant_id",
  "delivery_id",
  "endpoint_id",
  "event_id",
  "fencing_token",
  "sequence",
  "test",
  "attempts",
  "retries_done",
  "crashes",
] as const satisfies readonly (keyof DeliveryRow)[];
type LeasedRow = Pick<DeliveryRow, (typeof LEASED)[number]>;

/** What is to be leased, of one tenant. */
interface Chosen {
  readonly tenantId: string;
  readonly deliveries: readonly Pick<PickedDelivery, "deliveryId" | "eventId" | "endpointId">[];
  readonly request: Pick<ClaimRequest, "leaseMs" | "holder">;
}

/** Writes the leases of what was chosen. @see ClaimedDelivery */
export async function lease(view: WriteView, chosen: Chosen): Promise<readonly ClaimedDelivery[]> {
  const { tenantId, deliveries } = chosen;
  if (deliveries.length === 0) return [];
  const leaseUntilMs = view.nowMs + chosen.request.leaseMs;
  const endpointIds = [...new Set(deliveries.map((delivery) => delivery.endpointId))];
  const [rows, events, endpoints, secrets] = await together([
    writeLeases(view, chosen, leaseUntilMs),
    view.db
      .selectFrom("events")
      .select(["event_id", "outcome", "body", "traceparent"])
      .where("tenant_id", "=", tenantId)
      .where("event_id", "in", view.listed([...new Set(deliveries.map((delivery) => delivery.eventId))]))
      .execute(),
    view.db
      .selectFrom("endpoints")
      .selectAll()
      .where("tenant_id", "=", tenantId)
      .where("endpoint_id", "in", view.listed(endpointIds))
      .execute(),
    readSecrets(view, { tenantId, endpointIds }),
  ]);
  for (const endpoint of endpoints) {
    const claimed = rows.filter((row) => row.endpoint_id === endpoint.endpoint_id).length;
    await spendRate(view, endpoint, claimed);
  }
  const eventOf = new Map(events.map((event) => [event.event_id, event]));
  const endpointOf = new Map(endpoints.map((row) => [row.endpoint_id, toEndpoint(row, secrets)]));
  return rows.map((row) =>
    toClaimed(row, { leaseUntilMs, event: eventOf.get(row.event_id), endpoint: endpointOf.get(row.endpoint_id) }),
  );
}

async function writeLeases(
  view: WriteView,
  { tenantId, deliveries, request }: Chosen,
  leaseUntilMs: AtMs,
): Promise<readonly LeasedRow[]> {
  return await view.db
    .updateTable("deliveries")
    .set((set) => ({
      // A claim of one that is still in flight: its process died, and this is written before the next attempt (F40).
      crashes: sql<number>`crashes + case when status = 'inFlight' then 1 else 0 end`,
      // What was held for its listener is not held any more.
      reason: sql<string | null>`case when status = 'held' then null else reason end`,
      status: "inFlight",
      attempts: set("attempts", "+", 1),
      fencing_token: set("fencing_token", "+", 1),
      due_at_ms: leaseUntilMs,
      leased_by: request.holder?.holderId ?? null,
      updated_at_ms: view.nowMs,
    }))
    .where("tenant_id", "=", tenantId)
    .where("delivery_id", "in", view.listed(deliveries.map((delivery) => delivery.deliveryId)))
    .returning(LEASED)
    .execute();
}

function toClaimed(
  row: LeasedRow,
  found: {
    readonly leaseUntilMs: AtMs;
    readonly event: Pick<EventRow, "outcome" | "body" | "traceparent"> | undefined;
    readonly endpoint: Endpoint | undefined;
  },
): ClaimedDelivery {
  const { event, endpoint } = found;
  // An erasure ends its deliveries and a pick joins the endpoint: without them the row was not to be claimed at all.
  if (event?.body == null || endpoint === undefined) {
    throw new TypeError(`delivery ${row.delivery_id} is due without its event or endpoint`);
  }
  return {
    tenantId: row.tenant_id,
    deliveryId: row.delivery_id,
    fencingToken: row.fencing_token,
    leaseUntilMs: found.leaseUntilMs,
    eventId: row.event_id,
    sequence: row.sequence,
    outcome: event.outcome,
    body: event.body,
    test: row.test === 1,
    traceparent: event.traceparent,
    attemptNumber: row.attempts,
    retriesDone: row.retries_done,
    crashes: row.crashes,
    endpoint,
  };
}

async function release(view: WriteView, where: Parameters<Store["releaseDelivery"]>[0]): Promise<void> {
  const released = await view.db
    .updateTable("deliveries")
    .set((set) => ({
      status: sql<DeliveryRow["status"]>`case when retries_done > 0 then 'failing' else 'pending' end`,
      attempts: set("attempts", "-", 1),
      due_at_ms: dueAgain(view.nowMs),
      leased_by: null,
      updated_at_ms: view.nowMs,
    }))
    .where("tenant_id", "=", where.tenantId)
    .where("delivery_id", "=", where.deliveryId)
    .where("fencing_token", "=", where.fencingToken)
    .where("status", "=", sql.lit("inFlight"))
    .returning(["tenant_id", "endpoint_id"])
    .executeTakeFirst();
  if (released !== undefined) await settleReleased(view, { ...where, endpointId: released.endpoint_id });
}

/** As long as the first of its lane: it was among those when it was claimed, and does not go behind a backlog. */
function dueAgain(nowMs: AtMs): RawBuilder<AtMs> {
  return sql`coalesce((
    select min(o.due_at_ms) from deliveries o
    where o.tenant_id = deliveries.tenant_id and o.endpoint_id = deliveries.endpoint_id and o.due_at_ms <= ${nowMs}
  ), ${nowMs})`;
}

/** A lease that is given back while its endpoint is disabled or gone waits for nothing. */
async function settleReleased(
  view: WriteView,
  where: { readonly tenantId: string; readonly deliveryId: string; readonly endpointId: string },
): Promise<void> {
  const endpoint = await view.db
    .selectFrom("endpoints")
    .select("disabled_reason")
    .$if(view.locksRows, (query) => query.forNoKeyUpdate())
    .where("tenant_id", "=", where.tenantId)
    .where("endpoint_id", "=", where.endpointId)
    .executeTakeFirst();
  if (endpoint?.disabled_reason === null) {
    view.madeDue();
    return;
  }
  const gone = endpoint === undefined;
  await view.db
    .updateTable("deliveries")
    .set({
      status: gone ? "skipped" : "held",
      reason: gone ? "endpointDeleted" : endpoint.disabled_reason,
      due_at_ms: null,
    })
    .where("tenant_id", "=", where.tenantId)
    .where("delivery_id", "=", where.deliveryId)
    .execute();
}
