import { FAILURES, type OwnFailureName } from "@sameface/contract";
import type { Decided } from "../api/index.ts";
import type { Authentication, StoredEvent } from "../store/records.ts";
import type { Store } from "../store/store.ts";
import { detailsOf } from "./authentication-views.ts";
import { FAILURE_PROBLEMS } from "./enrolment-problem.ts";
import { type Answer, problem } from "./route.ts";

/** What an authentication came to whose picture was captured: the server decided when the capture was complete. */
export async function capturedAnswer(
  store: Pick<Store, "readCaptureSession" | "readAuthentication" | "readEvent">,
  where: { readonly tenantId: string; readonly sessionId: string },
): Promise<Answer> {
  const { tenantId } = where;
  const session = await store.readCaptureSession(where);
  if (session === null) return problem("notFound", "No capture session of this tenant has the id.");
  const { authenticationId, status, reason } = session;
  if (status === "waiting" || status === "open") {
    return problem("captureIncomplete", "The notification tells when it is decided.", { retryAfterSeconds: 2 });
  }
  const found = authenticationId === null ? null : await store.readAuthentication({ tenantId, authenticationId });
  const event = found === null ? null : await store.readEvent({ tenantId, eventId: found.eventId });
  if (found === null || event === null || event.body === null)
    return problem("captureUndecided", "Nothing was decided on it.", { reason: reason ?? status });
  return answerAgain(found, { ...event, body: event.body });
}

function answerAgain(one: Authentication, event: StoredEvent & { readonly body: Uint8Array }): Answer {
  const { checks, hints, flags, timings } = detailsOf(one.details);
  const { authenticationId, eventId, outcome, reason, customerId, transactionId } = one;
  if (outcome === "error") {
    // Those of the vendor's table have an outcome of their own.
    const failure = one.failure as OwnFailureName;
    const { code: errorCode, message } = FAILURES[failure];
    const more = { errorCode, authenticationId, eventId, hints, ...(reason === null ? {} : { reason }) };
    return problem(FAILURE_PROBLEMS[failure], message, more);
  }
  const json: Decided = {
    id: authenticationId,
    outcome,
    reason,
    customerId,
    ...(transactionId === null ? {} : { transactionId }),
    eventId,
    checks: checks ?? { mask: "notEvaluated", lenses: "notEvaluated", headCover: "notEvaluated" },
    hints,
    flags,
    // Written by encodeNotification alone.
    notification: JSON.parse(new TextDecoder().decode(event.body)) as Record<string, unknown>,
    timings: { ...timings },
  };
  return { status: 200, json };
}
