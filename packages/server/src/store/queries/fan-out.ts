import type { OutcomeKind } from "@sameface/contract";
import { FOR_LISTENER } from "../records.ts";
import type { WriteView } from "./backend.ts";
import type { DeliveryRow } from "./tables.ts";

/** What a decision needs to know of an endpoint. */
export interface FanOutTarget {
  readonly endpointId: string;
  readonly disabledReason: string | null;
  readonly outcomes: readonly OutcomeKind[] | null;
  readonly ordered: boolean;
}

/**
 * All endpoints of a tenant that receive notifications, or those that receive operator events; disabled ones included:
 * each gets its delivery, or the reason why not (I1).
 */
export async function readFanOut(
  { db }: WriteView,
  { tenantId, operator }: { readonly tenantId: string; readonly operator: boolean },
): Promise<readonly FanOutTarget[]> {
  const rows = await db
    .selectFrom("endpoints")
    .select(["endpoint_id", "disabled_reason", "outcomes", "ordered"])
    .where("tenant_id", "=", tenantId)
    .where("operator", operator ? "is not" : "is", null)
    .execute();
  return rows.map((row) => ({
    endpointId: row.endpoint_id,
    disabledReason: row.disabled_reason,
    outcomes: parseOutcomes(row.outcomes),
    ordered: row.ordered === 1,
  }));
}

/** How a delivery begins that its endpoint wants: due at once, or held for the reason why the endpoint is disabled. */
export function beginsAs(
  view: WriteView,
  disabledReason: string | null,
): Pick<DeliveryRow, "status" | "reason" | "due_at_ms"> {
  // A listener may be waiting for what is held for it.
  if (disabledReason === null || disabledReason === FOR_LISTENER) view.madeDue();
  return disabledReason === null
    ? { status: "pending", reason: null, due_at_ms: view.nowMs }
    : { status: "held", reason: disabledReason, due_at_ms: null };
}

/** The filter of an endpoint as it lies in the database; `null`: all outcomes. */
export function parseOutcomes(text: string | null): readonly OutcomeKind[] | null {
  // Written by formatOutcomes alone.
  return text === null ? null : (JSON.parse(text) as readonly OutcomeKind[]);
}

/** @see parseOutcomes */
export function formatOutcomes(outcomes: readonly OutcomeKind[] | null): string | null {
  return outcomes === null ? null : JSON.stringify(outcomes);
}
