import type { Decision, DecisionResult, LockedResult, Store } from "../store.ts";
import { StoreError } from "../store-error.ts";
import type { Backend, GroupOrder, WriteView } from "./backend.ts";
import { finishCapture } from "./capture-sessions.ts";
import { countAll, countGuarded, tellLock } from "./counters.ts";
import { readRevision } from "./customers.ts";
import { insertEvent } from "./events.ts";
import { beginsAs, readFanOut } from "./fan-out.ts";
import { countDecision } from "./hourly.ts";
import { keepAnswer } from "./idempotency.ts";
import { noteContact } from "./last-contact.ts";
import { lockTenant } from "./lock-tenant.ts";
import { newDelivery } from "./new-delivery.ts";
import { keepPicture } from "./pictures.ts";
import { rememberPicture } from "./seen-pictures.ts";
import type { DeliveryRow } from "./tables.ts";

/** The part of the {@link Store} that writes an attempt with all that follows from it. */
export function decisionQueries({ write }: Backend): Pick<Store, "recordDecision" | "recordLockedAttempt"> {
  const orderOf = ({ tenantId }: Decision): GroupOrder => ({ group: "decisions", lock: tenantId });
  return {
    recordDecision: async (decision) =>
      await unlessUndone(
        async () => await write(async (view) => await recordDecision(view, decision), orderOf(decision)),
      ),
    recordLockedAttempt: async (decision) =>
      await unlessUndone(
        async () => await write(async (view) => await recordLockedAttempt(view, decision), orderOf(decision)),
      ),
  };
}

/** Thrown so that nothing stays of what the attempt wrote before. */
class Undone extends StoreError {
  readonly result: { readonly kind: "customerChanged" | "captureEnded" };
  constructor(kind: Undone["result"]["kind"]) {
    super("conflict", "the attempt can't be decided as it was judged");
    this.result = { kind };
  }
}

async function unlessUndone<T>(write: () => Promise<T>): Promise<T | Undone["result"]> {
  try {
    return await write();
  } catch (fault) {
    if (fault instanceof Undone) return fault.result;
    throw fault;
  }
}

async function recordDecision(view: WriteView, decision: Decision): Promise<DecisionResult> {
  await lockTenant(view, decision.tenantId);
  if ((await readRevision(view, decision)) !== decision.readRevision) return { kind: "customerChanged" };
  if ((await countGuarded(view, decision)).kind === "locked") return { kind: "locked" };
  return await insertDecision(view, decision);
}

async function recordLockedAttempt(view: WriteView, decision: Decision): Promise<LockedResult> {
  await lockTenant(view, decision.tenantId);
  if ((await readRevision(view, decision)) !== decision.readRevision) return { kind: "customerChanged" };
  const lock = await tellLock(view, decision);
  if (lock.kind !== "locked") return lock;
  const { retryAfterMs } = lock;
  await countAll(view, decision);
  if (!lock.first) {
    await endCapture(view, decision, { failed: "tooManyAttempts" });
    return { kind: "quiet", retryAfterMs };
  }
  const result = await insertDecision(view, decision);
  return result.kind === "recorded" ? { kind: "recorded", retryAfterMs } : result;
}

async function insertDecision(
  view: WriteView,
  decision: Decision,
): Promise<Extract<DecisionResult, { kind: "recorded" | "alreadyDecided" }>> {
  const { tenantId, idempotency } = decision;
  const { authenticationId } = decision.authentication;
  await endCapture(view, decision, { authenticationId });
  if (idempotency !== null) {
    const quicker = await keepAnswer(view, { tenantId, ...idempotency });
    if (quicker !== null) return { kind: "alreadyDecided", answer: quicker };
  }
  // It was judged as new, and another attempt decided on it meanwhile: it has to be judged again.
  if (!(await rememberPicture(view, decision)) && decision.picture?.fresh === true) throw new Undone("customerChanged");
  const sequence = await insertEvent(view, {
    tenant_id: tenantId,
    event_id: decision.event.eventId,
    subject: decision.subject,
    outcome: decision.authentication.outcome,
    authentication_id: decision.authentication.authenticationId,
    body: decision.event.body,
    test: 0,
    operator_type: null,
    traceparent: decision.event.traceparent ?? null,
  });
  await insertAuthentication(view, decision, sequence);
  await keepPicture(view, decision);
  await countDecision(view, { tenantId, outcome: decision.authentication.outcome });
  // Only then was it surely the customer.
  if (decision.authentication.outcome === "passed") await noteContact(view, decision);
  const deliveries = await insertDeliveries(view, decision, sequence);
  return { kind: "recorded", deliveries, createdAtMs: view.nowMs };
}

/** Ends the capture that is decided on; one that had ended decides nothing (M10). */
async function endCapture(
  view: WriteView,
  { tenantId, captureSessionId }: Decision,
  came: Parameters<typeof finishCapture>[2],
): Promise<void> {
  if (captureSessionId === undefined) return;
  const ended = await finishCapture(view, { tenantId, sessionId: captureSessionId }, came);
  if (!ended) throw new Undone("captureEnded");
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
