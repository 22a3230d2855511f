import { FAILURES } from "@sameface/contract";
import type { Decided } from "../api/index.ts";
import type { DecidedAttempt } from "../authentication/authenticate.ts";
import type { StoredAnswer } from "../store/store.ts";
import { FAILURE_PROBLEMS } from "./enrolment-problem.ts";
import { PROBLEMS, problemBody } from "./problems.ts";

/** The bytes of an answer, which a repeated Idempotency-Key gets again. */
export function presentDecided(decided: DecidedAttempt, requestId: string): StoredAnswer {
  const { authenticationId, eventId, outcome, reason, hints } = decided;
  if (outcome.kind !== "error") return { status: 200, body: bytesOf(decidedBody(decided)) };
  const code = FAILURE_PROBLEMS[outcome.failure];
  const { code: errorCode, message } = FAILURES[outcome.failure];
  const more = { detail: message, requestId, errorCode, authenticationId, eventId, hints: [...hints] };
  const body = problemBody(code, { ...more, ...(reason === null ? {} : { reason }) });
  return { status: PROBLEMS[code].status, body: bytesOf(body) };
}

function decidedBody(decided: DecidedAttempt): Decided {
  const { outcome, transactionId } = decided;
  return {
    id: decided.authenticationId,
    outcome: outcome.kind,
    reason: decided.reason,
    customerId: decided.customerId,
    ...(transactionId === null ? {} : { transactionId }),
    eventId: decided.eventId,
    checks: decided.checks,
    hints: [...decided.hints],
    flags: [...decided.flags],
    notification: { ...decided.notification },
    timings: decided.timings,
  };
}

function bytesOf(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}
