import { sql } from "kysely";
import type { DeliveryStatus } from "../records.ts";
import type { WriteView } from "./backend.ts";
import { hasStatus } from "./has-status.ts";
import { recordOperatorEvent } from "./operator-events.ts";

/** All deliveries of one endpoint. */
export interface Lane {
  readonly tenantId: string;
  readonly endpointId: string;
}

/** What waits for its next attempt; one in flight does not: its result decides. */
const WAITING = ["pending", "failing"] as const satisfies readonly DeliveryStatus[];

/** The endpoint was disabled: what waits becomes `held` with the reason. */
export async function holdWaiting(view: WriteView, lane: Lane, reason: string): Promise<void> {
  await view.db
    .updateTable("deliveries")
    .set({ status: "held", reason, due_at_ms: null, updated_at_ms: view.nowMs })
    .where("tenant_id", "=", lane.tenantId)
    .where("endpoint_id", "=", lane.endpointId)
    .where(hasStatus(...WAITING))
    .execute();
}

/** The endpoint is disabled for another reason now: enabling it must still find what it held. */
export async function renameHeld(
  view: WriteView,
  lane: Lane,
  reason: { readonly from: string; readonly to: string },
): Promise<void> {
  await view.db
    .updateTable("deliveries")
    .set({ reason: reason.to, updated_at_ms: view.nowMs })
    .where("tenant_id", "=", lane.tenantId)
    .where("endpoint_id", "=", lane.endpointId)
    .where("status", "=", sql.lit("held"))
    .where("reason", "=", reason.from)
    .execute();
}

/** The endpoint was enabled: what was held for its disablement, and nothing else, is due from a fresh schedule. */
export async function freeHeld(view: WriteView, lane: Lane, reason: string): Promise<void> {
  await view.db
    .updateTable("deliveries")
    .set({
      status: "pending",
      reason: null,
      retries_done: 0,
      crashes: 0,
      due_at_ms: view.nowMs,
      updated_at_ms: view.nowMs,
    })
    .where("tenant_id", "=", lane.tenantId)
    .where("endpoint_id", "=", lane.endpointId)
    .where("status", "=", sql.lit("held"))
    .where("reason", "=", reason)
    .execute();
  view.madeDue();
}

/** The endpoint was deleted: what waits or is held ends as `skipped`. */
export async function skipWaiting(view: WriteView, lane: Lane): Promise<void> {
  await view.db
    .updateTable("deliveries")
    .set({ status: "skipped", reason: "endpointDeleted", due_at_ms: null, updated_at_ms: view.nowMs })
    .where("tenant_id", "=", lane.tenantId)
    .where("endpoint_id", "=", lane.endpointId)
    .where(hasStatus(...WAITING, "held"))
    .execute();
}

/** Disables an endpoint that is enabled, holds what waits, and tells operators; one that is disabled keeps its reason. */
export async function disableLane(view: WriteView, lane: Lane, reason: string): Promise<void> {
  const disabled = await view.db
    .updateTable("endpoints")
    // A success after it is enabled again is worth telling.
    .set({ disabled_reason: reason, failing_told_at_ms: view.nowMs })
    .where("tenant_id", "=", lane.tenantId)
    .where("endpoint_id", "=", lane.endpointId)
    .where("disabled_reason", "is", null)
    .returning("endpoint_id")
    .executeTakeFirst();
  if (disabled === undefined) return;
  await holdWaiting(view, lane, reason);
  const { tenantId, endpointId } = lane;
  await recordOperatorEvent(view, { tenantId, type: "endpoint.disabled", data: { endpointId, reason } });
}
