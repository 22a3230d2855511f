import { FAILURES } from "@sameface/contract";
import type { AuthenticationDetail, AuthenticationView, DeliveryView, EventView } from "../api/index.ts";
import type { KeptDecision } from "../authentication/preview-decision.ts";
import type { Authentication, DecisionOnRecord, Delivery, StoredEvent } from "../store/records.ts";
import { timestamp, timestampOrNull } from "./route.ts";

/** An attempt as the API lists it; no score. */
export function authenticationView(one: Authentication): AuthenticationView {
  const { checks, hints, flags } = detailsOf(one.details);
  return {
    id: one.authenticationId,
    customerId: one.customerId,
    outcome: one.outcome,
    errorCode: one.failure === null ? null : FAILURES[one.failure].code,
    reason: one.reason,
    transactionId: one.transactionId,
    interviewId: one.interviewId,
    eventId: one.eventId,
    checks,
    hints,
    flags,
    createdAt: timestamp(one.createdAtMs),
  };
}

/** An attempt with what was made of it. */
export function authenticationDetail(
  one: Authentication,
  { event, deliveries }: { readonly event: StoredEvent | null; readonly deliveries: readonly Delivery[] },
): AuthenticationDetail {
  return {
    ...authenticationView(one),
    timings: detailsOf(one.details).timings,
    body: event?.body == null ? null : new TextDecoder().decode(event.body),
    event: event === null ? null : eventView(event),
    deliveries: deliveries.map(deliveryView),
  };
}

/** A row of the feed; after an erasure only its id is left. */
export function eventView(event: StoredEvent): EventView {
  const { body, outcome } = event;
  if (body === null || outcome === null) return { id: event.eventId, erased: true };
  return {
    id: event.eventId,
    outcome,
    authenticationId: event.authenticationId,
    test: event.test,
    // Written by encodeNotification alone, or a golden sample.
    notification: JSON.parse(new TextDecoder().decode(body)) as Record<string, unknown>,
    createdAt: timestamp(event.createdAtMs),
  };
}

/** A delivery as the API lists it. */
export function deliveryView(one: Delivery): DeliveryView {
  return {
    id: one.deliveryId,
    eventId: one.eventId,
    endpointId: one.endpointId,
    status: one.status,
    reason: one.reason,
    attempts: one.attempts,
    nextAttemptAt: timestampOrNull(one.nextAttemptAtMs),
    test: one.test,
    createdAt: timestamp(one.createdAtMs),
    updatedAt: timestamp(one.updatedAtMs),
  };
}

interface Details {
  readonly checks: AuthenticationView["checks"];
  readonly hints: string[];
  readonly flags: string[];
  readonly timings: Record<string, number> | null;
}

/** Written by authenticate.ts alone; a row from before a field was added shows nothing for it. */
export function detailsOf(text: string): Details {
  const { checks = null, hints = [], flags = [], timings = null } = JSON.parse(text) as Partial<Details>;
  return { checks, hints, flags, timings };
}

/** What is kept of a decision, for a preview: the scores are those of the body, which has them only where they may be. */
export function keptDecision({ authentication, body }: DecisionOnRecord): KeptDecision {
  const { outcome, reason, details } = authentication;
  const told =
    body === null
      ? {}
      : (JSON.parse(new TextDecoder().decode(body)) as {
          readonly spoofConfidence?: number;
          readonly recognitionConfidence?: { readonly confidence?: number };
        });
  const { spoofConfidence = null, recognitionConfidence } = told;
  const confidence = outcome === "passed" ? (recognitionConfidence?.confidence ?? null) : null;
  return { outcome, reason, checks: detailsOf(details).checks, spoofConfidence, confidence };
}
