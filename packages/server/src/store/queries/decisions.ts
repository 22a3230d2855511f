import type { Decision, DecisionResult, LockedResult, Store } from "../store.ts";
import { StoreError } from "../store-error.ts";
import type { Backend, GroupOrder, WriteView } from "./backend.ts";
import { createBatches } from "./batches.ts";
import { finishCapture } from "./capture-sessions.ts";
import { countAll, countGuarded, tellLock } from "./counters.ts";
import { readRevision, readRevisions } from "./customers.ts";
import { insertEvents, type NewEvent } from "./events.ts";
import { beginsAs, type FanOutTarget, readFanOut } from "./fan-out.ts";
import { countDecisions } from "./hourly.ts";
import { keepAnswer } from "./idempotency.ts";
import { noteContact } from "./last-contact.ts";
import { lockTenant } from "./lock-tenant.ts";
import { newDelivery } from "./new-delivery.ts";
import { keepPicture } from "./pictures.ts";
import { rememberPicture } from "./seen-pictures.ts";
import type { AuthenticationRow, DeliveryRow } from "./tables.ts";

/** Decisions of one commit; each brings rows of its own to a handful of statements. */
const LARGEST_BATCH = 64;

/** The part of the {@link Store} that writes an attempt with all that follows from it. */
export function decisionQueries(backend: Backend): Pick<Store, "recordDecision" | "recordLockedAttempt"> {
  const orderOf = (tenantId: string): GroupOrder => ({ group: "decisions", lock: tenantId });
  const alone = async <T>(decision: Decision, write: (view: WriteView, decision: Decision) => Promise<T>) =>
    await unlessUndone(
      async () => await backend.write(async (view) => await write(view, decision), orderOf(decision.tenantId)),
    );
  const recordDecision = createBatches<Decision, DecisionResult>(backend, {
    keyOf: ({ tenantId }) => tenantId,
    orderOf,
    most: LARGEST_BATCH,
    write: recordDecisions,
    alone: async (decision) => await alone(decision, recordOne),
  });
  return {
    recordDecision,
    recordLockedAttempt: async (decision) => await alone(decision, recordLockedAttempt),
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

async function recordOne(view: WriteView, decision: Decision): Promise<DecisionResult> {
  const [result] = await recordDecisions(view, [decision]);
  if (result === undefined) throw new TypeError("one decision has one result");
  return result;
}

/** All are of one tenant, and judged in their order: what one of them counts bars those after it. */
async function recordDecisions(view: WriteView, decisions: readonly Decision[]): Promise<readonly DecisionResult[]> {
  const tenantId = decisions[0]?.tenantId;
  if (tenantId === undefined) return [];
  await lockTenant(view, tenantId);
  const customerIds = decisions.map(({ customerId }) => customerId);
  const revisions = await readRevisions(view, tenantId, customerIds);
  const results = new Map<Decision, DecisionResult>();
  for (const decision of decisions) {
    const isAsRead = (revisions.get(decision.customerId) ?? null) === decision.readRevision;
    const barred = isAsRead ? await barredBy(view, decision) : ({ kind: "customerChanged" } as const);
    if (barred !== null) results.set(decision, barred);
  }
  const open = decisions.filter((decision) => !results.has(decision));
  for (const [at, recorded] of (await insertDecisions(view, tenantId, open)).entries()) {
    const decision = open[at];
    if (decision !== undefined) results.set(decision, recorded);
  }
  return decisions.flatMap((decision) => results.get(decision) ?? []);
}

/** Counts the decision, and ends what it ends, unless something forbids it; `null`: it may be written. */
async function barredBy(view: WriteView, decision: Decision): Promise<DecisionResult | null> {
  if ((await countGuarded(view, decision)).kind === "locked") return { kind: "locked" };
  return await settleRequest(view, decision);
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
  const quicker = await settleRequest(view, decision);
  if (quicker !== null) return quicker;
  await insertDecisions(view, decision.tenantId, [decision]);
  return { kind: "recorded", retryAfterMs };
}

/** What belongs to the request alone: its capture, its key, its picture. @returns the answer of a quicker run, or `null` */
async function settleRequest(
  view: WriteView,
  decision: Decision,
): Promise<Extract<DecisionResult, { kind: "alreadyDecided" }> | null> {
  const { tenantId, idempotency } = decision;
  const { authenticationId } = decision.authentication;
  await endCapture(view, decision, { authenticationId });
  if (idempotency !== null) {
    const quicker = await keepAnswer(view, { tenantId, ...idempotency });
    if (quicker !== null) return { kind: "alreadyDecided", answer: quicker };
  }
  // It was judged as new, and another attempt decided on it meanwhile: it has to be judged again.
  if (!(await rememberPicture(view, decision)) && decision.picture?.fresh === true) throw new Undone("customerChanged");
  // Only then was it surely the customer.
  if (decision.authentication.outcome === "passed") await noteContact(view, decision);
  return null;
}

type Recorded = Extract<DecisionResult, { kind: "recorded" }>;

/** All rows of a table at once, however many they are. */
async function insertDecisions(
  view: WriteView,
  tenantId: string,
  decisions: readonly Decision[],
): Promise<readonly Recorded[]> {
  if (decisions.length === 0) return [];
  const next = await insertEvents(view, tenantId, decisions.map(eventOf));
  const placed = decisions.map((decision, at) => ({ decision, sequence: next - decisions.length + at }));
  await view.insertRows(
    "authentications",
    placed.map((one) => authenticationOf(view, one)),
  );
  for (const decision of decisions) await keepPicture(view, decision);
  await countDecisions(
    view,
    tenantId,
    decisions.map(({ authentication }) => authentication.outcome),
  );
  const fanOut = await readFanOut(view, { tenantId, operator: false });
  await view.insertRows(
    "deliveries",
    placed.flatMap((one) => fanOut.map((target) => deliveryOf(view, one, target))),
  );
  return decisions.map(() => ({ kind: "recorded", deliveries: fanOut.length, createdAtMs: view.nowMs }));
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

/** A decision and its place in the feed. */
interface Placed {
  readonly decision: Decision;
  readonly sequence: number;
}

function eventOf({ tenantId, subject, authentication, event }: Decision): NewEvent {
  return {
    tenant_id: tenantId,
    event_id: event.eventId,
    subject,
    outcome: authentication.outcome,
    authentication_id: authentication.authenticationId,
    body: event.body,
    test: 0,
    operator_type: null,
    traceparent: event.traceparent ?? null,
  };
}

function authenticationOf(view: WriteView, { decision, sequence }: Placed): AuthenticationRow {
  const { authentication } = decision;
  return {
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
  };
}

function deliveryOf(view: WriteView, { decision, sequence }: Placed, target: FanOutTarget): DeliveryRow {
  const { endpointId, disabledReason, outcomes, ordered } = target;
  const wanted = outcomes === null || outcomes.includes(decision.authentication.outcome);
  const begins = wanted
    ? beginsAs(view, disabledReason)
    : { status: "skipped" as const, reason: "filtered", due_at_ms: null };
  return {
    ...newDelivery(view),
    tenant_id: decision.tenantId,
    event_id: decision.event.eventId,
    endpoint_id: endpointId,
    sequence,
    ordered_by: ordered ? decision.subject : null,
    ...begins,
  };
}
