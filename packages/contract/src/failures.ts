import { FAILURE_CODES, FAILURE_NAMES, type FailureName } from "./failure-codes.ts";

/** One row of the failure table: what stands in `errorCode`, `error` and `errorMessage`. */
export interface Failure {
  /** Integer in `errorCode`. */
  readonly code: number;
  /** Text in `error`. */
  readonly error: string;
  /** Text in `errorMessage`; `null`: the key is left out; a function where the text carries the event's own number. */
  readonly message: string | null | ((spoofConfidence: number) => string);
  /** Whether `transactionId` is in the body: it is, once the transaction began. */
  readonly transaction: "always" | "never" | "once-begun";
}

/**
 * Every failure that sets error keys. Order, texts and codes: the page's table and samples, then contract.md §4.
 */
export const FAILURES = {
  blocklisted: { code: FAILURE_CODES.blocklisted, error: "User blacklisted", message: null, transaction: "never" },
  unknownCustomer: {
    code: FAILURE_CODES.unknownCustomer,
    error: "Non existing customer",
    // With the full stop: the sample has it, the table has not; contract.md §4 rules for the sample.
    message: "Can't find customer by any criteria.",
    transaction: "never",
  },
  spoofDetected: {
    code: FAILURE_CODES.spoofDetected,
    error: "Spoof attempt detected",
    message: spoofMessage,
    transaction: "always",
  },
  notRecognized: {
    code: FAILURE_CODES.notRecognized,
    error: "User is not recognized",
    message: null,
    transaction: "always",
  },
  faceNotFound: {
    code: FAILURE_CODES.faceNotFound,
    error: "Face not found",
    message: "No face was found in the image.",
    transaction: "always",
  },
  moreThanOneFace: {
    code: FAILURE_CODES.moreThanOneFace,
    error: "More than one face",
    message: "More than one face was found in the image.",
    transaction: "always",
  },
  imageNotUsable: {
    code: FAILURE_CODES.imageNotUsable,
    error: "Image not usable",
    message: "The image could not be read.",
    transaction: "always",
  },
  faceUnclear: {
    code: FAILURE_CODES.faceUnclear,
    error: "Face too small or turned away",
    message: "The face is too small, turned away or unclear.",
    transaction: "always",
  },
  tooManyAttempts: {
    code: FAILURE_CODES.tooManyAttempts,
    error: "Too many attempts",
    message: "Too many attempts. Try again later.",
    transaction: "never",
  },
  unpredicted: {
    code: FAILURE_CODES.unpredicted,
    error: "Unpredicted error",
    message: "The authentication could not be completed.",
    transaction: "once-begun",
  },
} as const satisfies Record<FailureName, Failure>;

/** The 9xxx rows: exceptions of our own, outcome `error` on the wire. */
export type OwnFailureName = Exclude<
  FailureName,
  "blocklisted" | "unknownCustomer" | "spoofDetected" | "notRecognized"
>;

/** The names of the 9xxx rows: only these codes are ours to give, so they never collide with a vendor's. */
export const OWN_FAILURE_NAMES: readonly OwnFailureName[] = FAILURE_NAMES.filter(isOwn);

function isOwn(name: FailureName): name is OwnFailureName {
  return FAILURES[name].code >= 9000;
}

function spoofMessage(spoofConfidence: number): string {
  // The page prints the number with at least one decimal: 1 → 1.0, 0.97 → 0.97 (contract.md §4).
  const text = String(spoofConfidence).replace(/^\d+(?=e|$)/, "$&.0");
  return `Spoof attempt detected. Spoof confidence ${text}`;
}
