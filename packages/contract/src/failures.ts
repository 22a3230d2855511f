/** One row of the failure table: what stands in `errorCode`, `error` and `errorMessage`. */
export interface Failure {
  /** Integer in `errorCode`. 4xxx are the page's, 9xxx are ours and never collide with the vendor's. */
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
  blocklisted: { code: 4003, error: "User blacklisted", message: null, transaction: "never" },
  unknownCustomer: {
    code: 4004,
    error: "Non existing customer",
    // With the full stop: the sample has it, the table has not; contract.md §4 rules for the sample.
    message: "Can't find customer by any criteria.",
    transaction: "never",
  },
  spoofDetected: {
    code: 4005,
    error: "Spoof attempt detected",
    message: spoofMessage,
    transaction: "always",
  },
  notRecognized: { code: 4015, error: "User is not recognized", message: null, transaction: "always" },
  faceNotFound: {
    code: 9001,
    error: "Face not found",
    message: "No face was found in the image.",
    transaction: "always",
  },
  moreThanOneFace: {
    code: 9002,
    error: "More than one face",
    message: "More than one face was found in the image.",
    transaction: "always",
  },
  imageNotUsable: {
    code: 9003,
    error: "Image not usable",
    message: "The image could not be read.",
    transaction: "always",
  },
  faceUnclear: {
    code: 9004,
    error: "Face too small or turned away",
    message: "The face is too small, turned away or unclear.",
    transaction: "always",
  },
  tooManyAttempts: {
    code: 9005,
    error: "Too many attempts",
    message: "Too many attempts. Try again later.",
    transaction: "never",
  },
  unpredicted: {
    code: 9500,
    error: "Unpredicted error",
    message: "The authentication could not be completed.",
    transaction: "once-begun",
  },
} as const satisfies Record<string, Failure>;

/** The name of a row of {@link FAILURES}. */
export type FailureName = keyof typeof FAILURES;

/** All names of {@link FAILURES}, in its order. */
export const FAILURE_NAMES = Object.keys(FAILURES) as readonly FailureName[]; // keys() widens to string

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

/**
 * The row whose `errorCode` is `code`.
 * @returns `null` for every other code: exceptions of a sender are normal traffic (contract.md §5)
 */
export function failureByCode(code: number): FailureName | null {
  for (const name of FAILURE_NAMES) if (FAILURES[name].code === code) return name;
  return null;
}

function spoofMessage(spoofConfidence: number): string {
  // The page prints the number with at least one decimal: 1 → 1.0, 0.97 → 0.97 (contract.md §4).
  const text = String(spoofConfidence).replace(/^\d+(?=e|$)/, "$&.0");
  return `Spoof attempt detected. Spoof confidence ${text}`;
}
