import type { OperatorEvent, OperatorFacts } from "../records.ts";
import type { InTenant, Store } from "../store.ts";
import type { Backend, WriteView } from "./backend.ts";
import { encodeCursor, sequenceCursor } from "./cursor.ts";
import { insertEvent } from "./events.ts";
import { readFanOut } from "./fan-out.ts";
import { newDelivery } from "./new-delivery.ts";
import type { DeliveryRow, EventRow } from "./tables.ts";

/** The part of the {@link Store} that reads operator events. */
export function operatorEventQueries({ read }: Backend): Pick<Store, "listOperatorEvents"> {
  return {
    listOperatorEvents: async ({ tenantId, after, limit }) =>
      await read(async ({ db }) => {
        const rows = await db
          .selectFrom("events")
          .selectAll()
          .where("tenant_id", "=", tenantId)
          .where("operator_type", "is not", null)
          .where("sequence", ">", sequenceCursor("operatorEvents", after) ?? 0)
          .orderBy("sequence")
          .limit(limit)
          .execute();
        const last = rows.at(-1);
        const next = last === undefined ? null : encodeCursor("operatorEvents", [last.sequence]);
        return { items: rows.map(toOperatorEvent), next };
      }),
  };
}

/**
 * Tells operators, in the transaction of what happened: one row of the feed, one delivery for each operator endpoint.
 * @example
 * ```ts
 * await recordOperatorEvent(view, { tenantId, type: "endpoint.recovered", data: { endpointId } });
 * ```
 */
export async function recordOperatorEvent<Type extends keyof OperatorFacts>(
  view: WriteView,
  told: InTenant & {
    readonly type: Type;
    readonly data: OperatorFacts[Type];
    /** Whose erasure empties it; absent: it is about nobody. */
    readonly subject?: string | null;
  },
): Promise<void> {
  const { tenantId, type, data, subject = null } = told;
  const event_id = view.newId();
  const envelope = { id: event_id, type, at: new Date(view.nowMs).toISOString(), tenantId, data };
  const sequence = await insertEvent(view, {
    tenant_id: tenantId,
    event_id,
    subject,
    outcome: null,
    authentication_id: null,
    body: new TextEncoder().encode(JSON.stringify(envelope)),
    test: 0,
    operator_type: type,
    traceparent: null,
  });
  const rows = (await readFanOut(view, { tenantId, operator: true })).map(
    ({ endpointId, disabledReason }): DeliveryRow => ({
      ...newDelivery(view),
      tenant_id: tenantId,
      event_id,
      endpoint_id: endpointId,
      sequence,
      status: disabledReason === null ? "pending" : "held",
      reason: disabledReason,
      due_at_ms: disabledReason === null ? view.nowMs : null,
    }),
  );
  await view.insertRows("deliveries", rows);
  if (rows.some((row) => row.status === "pending")) view.madeDue();
}

function toOperatorEvent(row: EventRow): OperatorEvent {
  if (row.operator_type === null) throw new TypeError("only operator events were read");
  return {
    eventId: row.event_id,
    tenantId: row.tenant_id,
    sequence: row.sequence,
    type: row.operator_type,
    body: row.body,
    createdAtMs: row.created_at_ms,
  };
}
