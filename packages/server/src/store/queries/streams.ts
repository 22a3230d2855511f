import { sql } from "kysely";
import { FOR_LISTENER } from "../records.ts";
import type { InTenant, Store } from "../store.ts";
import type { ListenerClaim, StreamStore } from "../stream-store.ts";
import type { Backend, ReadView, WriteView } from "./backend.ts";
import { lease } from "./claims.ts";
import { readEndpoint } from "./endpoint-records.ts";
import { createEndpoint, deleteEndpoint } from "./endpoints.ts";
import { formatOutcomes } from "./fan-out.ts";

interface StreamRef extends InTenant {
  readonly endpointId: string;
}

/** The part of the {@link Store} about streams. */
export function streamQueries({ read, write }: Backend): StreamStore {
  return {
    createStream: async (stream) => await write(async (view) => await createStream(view, stream)),
    openStream: async (where) => await write(async (view) => await openStream(view, where)),
    claimForListener: async (where) => {
      // A listener that only looks again whether something came costs no write.
      if (!where.takeBack && !(await read(async (view) => await hasWaiting(view, where)))) return { kind: "empty" };
      return await write(async (view) => await claimForListener(view, where));
    },
    deleteIdleStreams: async (where) => await write(async (view) => await deleteIdleStreams(view, where)),
  };
}

async function createStream(
  view: WriteView,
  { name, session, ...endpoint }: Parameters<Store["createStream"]>[0],
): ReturnType<Store["createStream"]> {
  const { tenantId, endpointId } = endpoint;
  const named = await view.db
    .selectFrom("streams")
    .select("endpoint_id")
    .where("tenant_id", "=", tenantId)
    .where("name", "=", name)
    .executeTakeFirst();
  if (named !== undefined) return { kind: "nameTaken" };
  const made = await createEndpoint(view, { ...endpoint, disabledReason: FOR_LISTENER });
  await view.db
    .insertInto("streams")
    .values({ tenant_id: tenantId, endpoint_id: endpointId, name, session, seen_at_ms: view.nowMs })
    .execute();
  return made;
}

async function openStream(
  view: WriteView,
  { tenantId, name, session, outcomes }: Parameters<Store["openStream"]>[0],
): ReturnType<Store["openStream"]> {
  const row = await view.db
    .updateTable("streams")
    .set({ session, seen_at_ms: view.nowMs })
    .where("tenant_id", "=", tenantId)
    .where("name", "=", name)
    .returning("endpoint_id")
    .executeTakeFirst();
  if (row === undefined) return null;
  const ref = { tenantId, endpointId: row.endpoint_id };
  if (outcomes !== undefined) {
    await view.db
      .updateTable("endpoints")
      .set({ outcomes: formatOutcomes(outcomes) })
      .where("tenant_id", "=", tenantId)
      .where("endpoint_id", "=", ref.endpointId)
      .execute();
  }
  await takeBack(view, ref);
  const endpoint = await readEndpoint(view, ref);
  // The row of a stream goes with that of its endpoint.
  if (endpoint === null) throw new TypeError("a stream has its endpoint");
  return { endpoint, waiting: await countWaiting(view, ref) };
}

async function claimForListener(
  view: WriteView,
  where: Parameters<Store["claimForListener"]>[0],
): Promise<ListenerClaim> {
  const { tenantId, endpointId, session } = where;
  const held = await view.db
    .updateTable("streams")
    .set({ seen_at_ms: view.nowMs })
    .where("tenant_id", "=", tenantId)
    .where("endpoint_id", "=", endpointId)
    .where("session", "=", session)
    .returning("session")
    .executeTakeFirst();
  if (held === undefined) return { kind: (await isStream(view, where)) ? "taken" : "unknown" };
  if (where.takeBack) await takeBack(view, where);
  const first = await waiting(view, where)
    .select(["delivery_id", "event_id"])
    .orderBy("sequence")
    .limit(1)
    .$if(view.locksRows, (query) => query.forNoKeyUpdate())
    .executeTakeFirst();
  if (first === undefined) return { kind: "empty" };
  const deliveries = [{ deliveryId: first.delivery_id, eventId: first.event_id, endpointId }];
  const [delivery] = await lease(view, { tenantId, deliveries, request: where });
  return delivery === undefined ? { kind: "empty" } : { kind: "claimed", delivery };
}

async function isStream({ db }: ReadView, { tenantId, endpointId }: StreamRef): Promise<boolean> {
  const row = await db
    .selectFrom("streams")
    .select("name")
    .where("tenant_id", "=", tenantId)
    .where("endpoint_id", "=", endpointId)
    .executeTakeFirst();
  return row !== undefined;
}

function waiting({ db }: ReadView, { tenantId, endpointId }: StreamRef) {
  return db
    .selectFrom("deliveries")
    .where("tenant_id", "=", tenantId)
    .where("endpoint_id", "=", endpointId)
    .where("status", "=", sql.lit("held"));
}

async function hasWaiting(view: ReadView, ref: StreamRef): Promise<boolean> {
  return (await waiting(view, ref).select("delivery_id").limit(1).executeTakeFirst()) !== undefined;
}

async function countWaiting(view: ReadView, ref: StreamRef): Promise<number> {
  const row = await waiting(view, ref)
    .select((select) => select.fn.countAll<number | string>().as("count"))
    .executeTakeFirstOrThrow();
  return Number(row.count);
}

/** What the listener never got, or never said what became of: it waits again, and its late result is stale. */
async function takeBack(view: WriteView, { tenantId, endpointId }: StreamRef): Promise<void> {
  await view.db
    .updateTable("deliveries")
    .set((set) => ({
      status: "held",
      reason: FOR_LISTENER,
      attempts: set("attempts", "-", 1),
      fencing_token: set("fencing_token", "+", 1),
      due_at_ms: null,
      updated_at_ms: view.nowMs,
    }))
    .where("tenant_id", "=", tenantId)
    .where("endpoint_id", "=", endpointId)
    .where("status", "=", sql.lit("inFlight"))
    .execute();
}

async function deleteIdleStreams(view: WriteView, { idleMs }: { readonly idleMs: number }): Promise<number> {
  const idle = await view.db
    .selectFrom("streams")
    .select(["tenant_id", "endpoint_id"])
    .where("seen_at_ms", "<", view.nowMs - idleMs)
    .execute();
  for (const { tenant_id: tenantId, endpoint_id: endpointId } of idle) {
    const target = `endpoint:${endpointId}`;
    const audit = { actor: "system", action: "endpoint.deleted", target, details: { reason: "idleStream" } };
    await deleteEndpoint(view, { tenantId, endpointId, audit });
  }
  return idle.length;
}
