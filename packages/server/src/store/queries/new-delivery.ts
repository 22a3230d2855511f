import type { WriteView } from "./backend.ts";
import type { DeliveryRow } from "./tables.ts";

/** A delivery that nothing has happened to yet; what it is for comes from its maker. */
export function newDelivery(
  view: WriteView,
): Omit<DeliveryRow, "tenant_id" | "event_id" | "endpoint_id" | "sequence" | "status" | "reason" | "due_at_ms"> {
  return {
    delivery_id: view.newId(),
    attempts: 0,
    retries_done: 0,
    crashes: 0,
    fencing_token: 0,
    test: 0,
    ordered_by: null,
    leased_by: null,
    created_at_ms: view.nowMs,
    updated_at_ms: view.nowMs,
  };
}
