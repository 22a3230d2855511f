import { ContractError } from "./contract-error.ts";
import type { FailureName } from "./failure-codes.ts";
import { FAILURES, type Failure } from "./failures.ts";
import type {
  DeclinedNotification,
  Notification,
  NotRecognizedNotification,
  PassedNotification,
  SpoofNotification,
} from "./notification.gen.ts";
import type { Declined, NotRecognized, Outcome, Passed, Spoof } from "./outcomes.ts";

/** Whom an outcome is about. */
export interface Subject {
  /** As the caller asked for it, also when no such customer exists. */
  readonly customerId: string;
  /** Once the transaction began; stays out of the body of an outcome that has none on the page. */
  readonly transactionId?: string;
}

const NOTHING = {} as const; // its type is Record<string, never>: no key at all
const FAILED = { overallScore: 0, overallStatus: "FAIL" } as const;

/**
 * The body for an outcome, its keys in the page's order.
 * @throws {ContractError} `bad_notification`: the outcome needs a `transactionId` and there is none
 * @see contract.md §2, §4
 */
export function makeNotification(outcome: Outcome, subject: Subject): Notification {
  switch (outcome.kind) {
    case "passed":
      return passed(outcome, subject);
    case "declined":
      return declined(outcome, subject);
    case "spoof":
      return spoof(outcome, subject);
    case "not-recognized":
      return notRecognized(outcome, subject);
    case "unknown-customer":
      return failed("unknownCustomer", subject);
    case "blocklisted":
      return failed("blocklisted", subject);
    case "error":
      return failed(outcome.failure, subject);
  }
}

function passed(outcome: Passed, subject: Subject): PassedNotification {
  return {
    customerId: subject.customerId,
    token: "", // credentials do not travel in webhooks (contract.md §4)
    interviewId: outcome.interviewId,
    interviewToken: "",
    transactionId: begun(subject),
    faceMatch: true,
    spoofAttempt: false,
    secondFactor: outcome.secondFactor,
    children: [],
    hasFaceMask: false,
    hasLenses: outcome.lenses,
    ...spoofScore(outcome),
    recognitionConfidence: { confidence: outcome.confidence, candidates: [] },
    overallScore: outcome.confidence,
    overallStatus: "PASS",
  };
}

function declined(outcome: Declined, subject: Subject): DeclinedNotification {
  return {
    customerId: subject.customerId,
    transactionId: begun(subject),
    faceMatch: false,
    spoofAttempt: false,
    hasFaceMask: outcome.mask,
    hasLenses: outcome.lenses,
    recognitionConfidence: { confidence: 0, candidates: [] },
    ...FAILED,
  };
}

function spoof(outcome: Spoof, subject: Subject): SpoofNotification {
  return {
    customerId: subject.customerId,
    transactionId: begun(subject),
    faceMatch: false,
    spoofAttempt: true,
    children: [],
    spoofConfidence: outcome.spoofConfidence,
    recognitionConfidence: NOTHING,
    ...FAILED,
    ...errorKeys(FAILURES.spoofDetected),
    errorMessage: FAILURES.spoofDetected.message(outcome.spoofConfidence),
  };
}

function notRecognized(outcome: NotRecognized, subject: Subject): NotRecognizedNotification {
  return {
    customerId: subject.customerId,
    transactionId: begun(subject),
    faceMatch: false,
    spoofAttempt: false,
    children: [],
    ...spoofScore(outcome),
    recognitionConfidence: NOTHING,
    ...FAILED,
    ...errorKeys(FAILURES.notRecognized),
  };
}

/** The failures in which nothing was judged. */
function failed(name: Exclude<FailureName, "spoofDetected" | "notRecognized">, subject: Subject): Notification {
  const row = FAILURES[name];
  // One object for eight interfaces, each with literals of its own: the cast pairs them, and the golden files hold it to that.
  return {
    customerId: subject.customerId,
    ...transaction(row.transaction, subject),
    faceMatch: false,
    children: [],
    recognitionConfidence: NOTHING,
    ...FAILED,
    ...errorKeys(row),
    ...(row.message === null ? {} : { errorMessage: row.message }),
  } as Notification;
}

function errorKeys<const Row extends Failure>(row: Row): { error: Row["error"]; errorCode: Row["code"] } {
  return { error: row.error, errorCode: row.code };
}

function spoofScore(outcome: Passed | NotRecognized): { spoofConfidence?: number } {
  // Absent, not 0: a reader takes `spoofAttempt: false` without a score as "not evaluated" (contract.md §5).
  return outcome.spoofConfidence === null ? {} : { spoofConfidence: outcome.spoofConfidence };
}

function transaction(presence: Failure["transaction"], subject: Subject): { transactionId?: string } {
  switch (presence) {
    case "always":
      return { transactionId: begun(subject) };
    case "never":
      return {};
    case "once-begun":
      return subject.transactionId === undefined ? {} : { transactionId: subject.transactionId };
  }
}

function begun(subject: Subject): string {
  if (subject.transactionId !== undefined) return subject.transactionId;
  throw new ContractError(
    "bad_notification",
    "this outcome comes after the transaction began: transactionId is missing",
  );
}
