import type { AttemptResult, NextStep, Store } from "../store.ts";
import { attemptRow } from "./attempt-row.ts";
import type { Backend, GroupOrder, WriteView } from "./backend.ts";
import { afterFailure, afterSuccess, type EndpointHealth } from "./endpoint-health.ts";
import { createDeliveredBatches } from "./finish-delivered.ts";
import { countAttempts } from "./hourly.ts";
import { disableLane } from "./lane-states.ts";
import { lockTenant } from "./lock-tenant.ts";
import { freeNext } from "./ordered.ts";
import type { DeliveryRow, EndpointRow } from "./tables.ts";
import { tellOperators } from "./tell-operators.ts";

/** The part of the {@link Store} that takes the results of attempts. */
export function attemptQueries(backend: Backend): Pick<Store, "finishAttempt"> {
  const batched = createDeliveredBatches(backend);
  return {
    finishAttempt: async (result) => {
      const verdict = result.next.kind === "delivered" ? await batched(result) : "alone";
      if (verdict !== "alone") return { kind: verdict };
      return await backend.write(async (view) => await finishAttempt(view, result), orderOf(result));
    },
  };
}

type EndpointState = EndpointHealth & Pick<EndpointRow, "disabled_reason" | "operator" | "failing_told_at_ms">;
type Settled = Pick<DeliveryRow, "status" | "reason" | "due_at_ms" | "retries_done">;

/** Results lock their endpoint, and so share a commit in its order; one that goes further locks the tenant before it. */
function orderOf(result: AttemptResult): GroupOrder | undefined {
  if (concernsTenant(result.next)) return undefined;
  return { group: "results", lock: JSON.stringify([result.tenantId, result.endpointId]) };
}

/** It disables the endpoint, or operators are told of it. */
function concernsTenant(next: NextStep): boolean {
  return next.kind === "hold" || next.kind === "dead";
}

async function finishAttempt(view: WriteView, result: AttemptResult): Promise<{ readonly kind: "recorded" | "stale" }> {
  if (concernsTenant(result.next)) await lockTenant(view, result.tenantId);
  const row = await view.db
    .selectFrom("deliveries")
    .selectAll()
    .$if(view.locksRows, (query) => query.forNoKeyUpdate())
    .where("tenant_id", "=", result.tenantId)
    .where("delivery_id", "=", result.deliveryId)
    .executeTakeFirst();
  if (row?.status !== "inFlight" || row.fencing_token !== result.fencingToken) return { kind: "stale" };
  await view.db.insertInto("delivery_attempts").values(attemptRow(row, result)).execute();
  const endpoint = await readEndpointState(view, row, result.next);
  const settled = settle(row, { next: result.next, endpoint, nowMs: view.nowMs });
  await view.db
    .updateTable("deliveries")
    .set({ ...settled, crashes: 0, leased_by: null, updated_at_ms: view.nowMs })
    .where("tenant_id", "=", result.tenantId)
    .where("delivery_id", "=", result.deliveryId)
    .execute();
  if (settled.due_at_ms !== null) view.madeDue();
  else await freeNext(view, row);
  if (endpoint !== undefined) {
    await judgeEndpoint(view, row, { next: result.next, endpoint });
    await tellOperators(view, row, { next: result.next, endpoint });
  }
  await countAttempts(view, [{ row, result: result.attempt.result, status: settled.status }]);
  return { kind: "recorded" };
}

/**
 * Locked where the result depends on it: an endpoint that is being disabled holds what fails meanwhile, and of an
 * ordered one nothing is parked while the one before it ends.
 */
async function readEndpointState(
  { db, locksRows }: WriteView,
  row: DeliveryRow,
  next: NextStep,
): Promise<EndpointState | undefined> {
  return await db
    .selectFrom("endpoints")
    .select([
      "disabled_reason",
      "failing_since_ms",
      "consecutive_failures",
      "slowed_until_ms",
      "ramp",
      "operator",
      "failing_told_at_ms",
    ])
    .$if(locksRows && (next.kind !== "delivered" || row.ordered_by !== null), (query) => query.forNoKeyUpdate())
    .where("tenant_id", "=", row.tenant_id)
    .where("endpoint_id", "=", row.endpoint_id)
    .executeTakeFirst();
}

/** What the delivery is after this attempt, given what its endpoint has become meanwhile (F44). */
function settle(
  row: DeliveryRow,
  seen: { readonly next: NextStep; readonly endpoint: EndpointState | undefined; readonly nowMs: number },
): Settled {
  const { next, endpoint } = seen;
  const ended = { due_at_ms: null, retries_done: row.retries_done };
  if (next.kind === "delivered") return { ...ended, status: "delivered", reason: null };
  if (next.kind === "dead") return { ...ended, status: "dead", reason: next.reason };
  if (endpoint === undefined) return { ...ended, status: "skipped", reason: "endpointDeleted" };
  const retries_done = row.retries_done + 1;
  const held = endpoint.disabled_reason ?? (next.kind === "hold" ? next.reason : null);
  if (held !== null || next.kind === "hold") return { status: "held", reason: held, due_at_ms: null, retries_done };
  return { status: "failing", reason: next.reason, due_at_ms: seen.nowMs + Math.ceil(next.afterMs), retries_done };
}

async function judgeEndpoint(
  view: WriteView,
  row: DeliveryRow,
  seen: { readonly next: NextStep; readonly endpoint: EndpointState },
): Promise<void> {
  const { next, endpoint } = seen;
  const lane = { tenantId: row.tenant_id, endpointId: row.endpoint_id };
  if (next.kind === "delivered") {
    const change = afterSuccess(endpoint);
    if (change !== null) await writeHealth(view, row, change);
    return;
  }
  const slowMs = next.kind === "retry" ? next.slowEndpointMs : undefined;
  const { change, disable } = afterFailure(endpoint, { slowMs, nowMs: view.nowMs });
  await writeHealth(view, row, change);
  const reason = next.kind === "hold" ? next.reason : disable;
  if (reason === null) return;
  // After the endpoint's lock, against the order of all others, but not once in 120 h: a conflict is tried again.
  await lockTenant(view, lane.tenantId);
  await disableLane(view, lane, reason);
}

async function writeHealth(view: WriteView, row: DeliveryRow, change: Partial<EndpointHealth>): Promise<void> {
  await view.db
    .updateTable("endpoints")
    .set(change)
    .where("tenant_id", "=", row.tenant_id)
    .where("endpoint_id", "=", row.endpoint_id)
    .execute();
}
