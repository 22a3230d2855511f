import type { StoredEvent } from "../records.ts";
import type { Store } from "../store.ts";
import type { Backend, WriteView } from "./backend.ts";
import { encodeCursor, sequenceCursor } from "./cursor.ts";
import type { EventRow } from "./tables.ts";

/** The part of the {@link Store} that reads events. */
export function eventQueries({ read }: Backend): Pick<Store, "listEvents" | "readEvent"> {
  return {
    listEvents: async ({ tenantId, after, limit }) =>
      await read(async ({ db }) => {
        const rows = await db
          .selectFrom("events")
          .selectAll()
          .where("tenant_id", "=", tenantId)
          .where("sequence", ">", sequenceCursor("events", after) ?? 0)
          .where("test", "=", 0)
          .where("operator_type", "is", null)
          .orderBy("sequence")
          .limit(limit)
          .execute();
        const last = rows.at(-1);
        // A full page or not, more will come: the feed has no last page, only an empty one.
        return { items: rows.map(toEvent), next: last === undefined ? null : encodeCursor("events", [last.sequence]) };
      }),
    readEvent: async ({ tenantId, eventId }) =>
      await read(async ({ db }) => {
        const row = await db
          .selectFrom("events")
          .selectAll()
          .where("tenant_id", "=", tenantId)
          .where("event_id", "=", eventId)
          .executeTakeFirst();
        return row === undefined ? null : toEvent(row);
      }),
  };
}

/** An event that has no place yet. */
export type NewEvent = Omit<EventRow, "sequence" | "created_at_ms">;

/** Adds an event at the end of its tenant's feed. @returns its place there */
export async function insertEvent(view: WriteView, event: NewEvent): Promise<number> {
  const { tenant_id: tenantId } = event;
  return (await insertEvents(view, tenantId, [event])) - 1;
}

/** Adds events of one tenant at the end of its feed, in their order. @returns the place that follows the last of them */
export async function insertEvents(view: WriteView, tenantId: string, events: readonly NewEvent[]): Promise<number> {
  const next = (await takeSequences(view, tenantId, events.length)) + 1;
  const rows = events.map((event, at) => ({
    ...event,
    sequence: next - events.length + at,
    created_at_ms: view.nowMs,
  }));
  await view.insertRows("events", rows);
  return next;
}

// A counter row, not the highest sequence + 1: it is locked until the commit, so that numbers become visible in their
// order and a reader of the feed never passes by one that is committed later; and it is never reused.
async function takeSequences({ db }: WriteView, tenantId: string, count: number): Promise<number> {
  const feed = await db
    .insertInto("feeds")
    .values({ tenant_id: tenantId, last_sequence: count })
    .onConflict((on) =>
      on.column("tenant_id").doUpdateSet((set) => ({ last_sequence: set("feeds.last_sequence", "+", count) })),
    )
    .returning("last_sequence")
    .executeTakeFirstOrThrow();
  return feed.last_sequence;
}

function toEvent(row: EventRow): StoredEvent {
  return {
    eventId: row.event_id,
    tenantId: row.tenant_id,
    sequence: row.sequence,
    outcome: row.outcome,
    authenticationId: row.authentication_id,
    body: row.body,
    test: row.test === 1,
    createdAtMs: row.created_at_ms,
  };
}
