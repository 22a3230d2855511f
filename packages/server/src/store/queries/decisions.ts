import type { AtMs } from "../records.ts";
import type { CounterChange, Decision, DecisionResult, Store } from "../store.ts";
import type { Backend, WriteView } from "./backend.ts";
import { readRevision } from "./customers.ts";
import { insertEvent } from "./events.ts";
import { beginsAs, readFanOut } from "./fan-out.ts";
import { keepAnswer } from "./idempotency.ts";
import { newDelivery } from "./new-delivery.ts";
import type { DeliveryRow } from "./tables.ts";

/** The part of the {@link Store} that writes an attempt with all that follows from it. */
export function decisionQueries({ write }: Backend): Pick<Store, "recordDecision"> {
  return { recordDecision: async (decision) => await write(async (view) => await recordDecision(view, decision)) };
}

async function recordDecision(view: WriteView, decision: Decision): Promise<DecisionResult> {
  const { tenantId, idempotency } = decision;
  if ((await readRevision(view, decision)) !== decision.readRevision) return { kind: "customerChanged" };
  if (idempotency !== null) {
    const quicker = await keepAnswer(view, { tenantId, ...idempotency });
    if (quicker !== null) return { kind: "alreadyDecided", answer: quicker };
  }
  const sequence = await insertEvent(view, {
    tenant_id: tenantId,
    event_id: decision.event.eventId,
    subject: decision.subject,
    outcome: decision.authentication.outcome,
    authentication_id: decision.authentication.authenticationId,
    body: decision.event.body,
    test: 0,
    operator_type: null,
  });
  await insertAuthentication(view, decision, sequence);
  for (const change of decision.counters) await count(view, tenantId, change);
  const deliveries = await insertDeliveries(view, decision, sequence);
  return { kind: "recorded", deliveries, createdAtMs: view.nowMs };
}

async function insertAuthentication(view: WriteView, decision: Decision, sequence: number): Promise<void> {
  const { authentication } = decision;
  await view.db
    .insertInto("authentications")
    .values({
      tenant_id: decision.tenantId,
      authentication_id: authentication.authenticationId,
      customer_id: decision.customerId,
      outcome: authentication.outcome,
      failure: authentication.failure,
      reason: authentication.reason,
      transaction_id: authentication.transactionId,
      interview_id: authentication.interviewId,
      event_id: decision.event.eventId,
      details: authentication.details,
      sequence,
      created_at_ms: view.nowMs,
    })
    .execute();
}

async function count(view: WriteView, tenantId: string, { scope, subject, change }: CounterChange): Promise<void> {
  if (change === "reset") {
    await view.db
      .deleteFrom("failure_counters")
      .where("tenant_id", "=", tenantId)
      .where("scope", "=", scope)
      .where("subject", "=", subject)
      .execute();
    return;
  }
  const last_failure_at_ms: AtMs = view.nowMs;
  await view.db
    .insertInto("failure_counters")
    .values({ tenant_id: tenantId, scope, subject, consecutive_failures: 1, last_failure_at_ms })
    .onConflict((on) =>
      on.columns(["tenant_id", "scope", "subject"]).doUpdateSet((set) => ({
        // Counted by the database, not from a value read before: two failures at once are two (T7).
        consecutive_failures: set("failure_counters.consecutive_failures", "+", 1),
        last_failure_at_ms,
      })),
    )
    .execute();
}

async function insertDeliveries(view: WriteView, decision: Decision, sequence: number): Promise<number> {
  const fanOut = await readFanOut(view, { tenantId: decision.tenantId, operator: false });
  const rows = fanOut.map(({ endpointId, disabledReason, outcomes }): DeliveryRow => {
    const wanted = outcomes === null || outcomes.includes(decision.authentication.outcome);
    return {
      ...newDelivery(view),
      tenant_id: decision.tenantId,
      event_id: decision.event.eventId,
      endpoint_id: endpointId,
      sequence,
      ...(wanted
        ? beginsAs(view, disabledReason)
        : { status: "skipped" as const, reason: "filtered", due_at_ms: null }),
    };
  });
  if (rows.length > 0) await view.db.insertInto("deliveries").values(rows).execute();
  return rows.length;
}
