import { FAILURE_CODES, failureByCode } from "./failure-codes.ts";
import type { OpenNotification } from "./notification.gen.ts";
import { readOpenNotification } from "./read-open-notification.ts";
import type { Malformed, ReceivedOutcome } from "./received-outcome.ts";

/** What all outcomes of one body share. */
interface Common {
  readonly customerId: string;
  readonly transactionId: string | null;
  readonly body: OpenNotification;
}

/**
 * What a parsed notification says. Open: any further key, any code, whatever is missing but `customerId` and
 * `overallStatus`. Denies by default: `passed` only if every key of the page's success agrees, a contradiction is
 * `inconsistent`.
 * @param value as {@link parseStrictJson} gives it
 * @returns `malformed` for JSON that is no notification; never throws
 * @see contract.md §5
 */
export function classify(value: unknown): ReceivedOutcome | Malformed {
  const body = readOpenNotification(value);
  if (typeof body === "string") return { kind: "malformed", why: body };
  const common: Common = { customerId: body.customerId, transactionId: present(body.transactionId), body };
  const why = body.overallStatus === "PASS" ? doubtOfPass(body) : doubtOfFail(body);
  if (why !== null) return { kind: "inconsistent", ...common, why };
  return body.overallStatus === "PASS" ? passed(body, common) : failed(body, common);
}

/** What keeps a PASS from being one. */
function doubtOfPass(body: OpenNotification): string | null {
  if (body.faceMatch !== true) return "PASS without faceMatch true";
  if (body.spoofAttempt !== false) return "PASS without spoofAttempt false";
  if (body.hasFaceMask === true) return "PASS with a mask";
  if (hasErrorKey(body)) return "PASS with an error key";
  if (!isScore(body.spoofConfidence) || !isScore(body.recognitionConfidence?.confidence)) {
    return "PASS with a confidence outside 0…1";
  }
  return null;
}

/** What keeps a FAIL from being the one its code names. */
function doubtOfFail(body: OpenNotification): string | null {
  if (body.faceMatch === true) return "FAIL with faceMatch true";
  if (body.errorCode === undefined) {
    if (hasErrorKey(body)) return "an error key without errorCode";
    return body.spoofAttempt === true ? "a spoof attempt without errorCode" : null;
  }
  const name = failureByCode(body.errorCode);
  if (name === "spoofDetected") return body.spoofAttempt === false ? "4005 with spoofAttempt false" : null;
  return name !== null && body.spoofAttempt === true ? `${body.errorCode} with spoofAttempt true` : null;
}

function passed(body: OpenNotification, common: Common): ReceivedOutcome {
  const confidence = body.recognitionConfidence?.confidence;
  return {
    kind: "passed",
    ...common,
    interviewId: present(body.interviewId),
    confidence: confidence === undefined || confidence === 0 ? null : confidence, // 0 means "not evaluated" (contract.md §5)
    spoofConfidence: body.spoofConfidence ?? null,
    lenses: body.hasLenses === true,
    secondFactor: body.secondFactor === true,
    token: present(body.token),
    interviewToken: present(body.interviewToken),
  };
}

function failed(body: OpenNotification, common: Common): ReceivedOutcome {
  if (body.errorCode === undefined) {
    const mask = body.hasFaceMask === true;
    const lenses = body.hasLenses === true;
    return { kind: "declined", ...common, mask, lenses, other: !mask && !lenses };
  }
  const spoofConfidence = body.spoofConfidence ?? null;
  switch (body.errorCode) {
    case FAILURE_CODES.unknownCustomer:
      return { kind: "unknown-customer", ...common };
    case FAILURE_CODES.blocklisted:
      return { kind: "blocklisted", ...common };
    case FAILURE_CODES.spoofDetected:
      return { kind: "spoof", ...common, spoofConfidence };
    case FAILURE_CODES.notRecognized:
      return { kind: "not-recognized", ...common, spoofConfidence };
    default:
      return {
        kind: "error",
        ...common,
        code: body.errorCode,
        error: body.error ?? null,
        message: message(body),
      };
  }
}

function hasErrorKey(body: OpenNotification): boolean {
  return body.error !== undefined || body.errorCode !== undefined || message(body) !== null;
}

/** `""` stands for an id or a token that is not there (contract.md §5). */
function present(text: string | undefined): string | null {
  return text === undefined || text === "" ? null : text;
}

/** `"NA"` stands for no message (contract.md §5). */
function message(body: OpenNotification): string | null {
  return body.errorMessage === undefined || body.errorMessage === "NA" ? null : body.errorMessage;
}

function isScore(value: number | undefined): boolean {
  return value === undefined || (value >= 0 && value <= 1);
}
