import Type, { type TSchema } from "typebox";
import { FAILURES, type Failure, OWN_FAILURE_NAMES, type OwnFailureName } from "../failures.ts";
import { CUSTOMER_ID_PATTERN } from "../ids.ts";

// Closed: what we send. One schema an outcome, keys in the page's order; the order of the properties is the order on the wire.
// Rules between two keys (overallScore = confidence, the number in the 4005 message) stand in check-notification.ts.

const Id = Type.String({ pattern: CUSTOMER_ID_PATTERN });
const Score = Type.Number({ minimum: 0, maximum: 1 });
const True = Type.Literal(true);
const False = Type.Literal(false);
const None = Type.Array(Type.Never(), { maxItems: 0 });
const Nothing = closed({});
const NotEvaluated = closed({ confidence: Type.Literal(0), candidates: None });
const Fail = { overallScore: Type.Literal(0), overallStatus: Type.Literal("FAIL") };

function closed<Properties extends Record<string, TSchema>>(properties: Properties) {
  return Type.Object(properties, { additionalProperties: false });
}

function errorKeys(row: Failure) {
  return { error: Type.Literal(row.error), errorCode: Type.Literal(row.code) };
}

/** The three error keys of a row whose message is fixed. */
function fixedErrorKeys(row: Failure & { readonly message: string }) {
  return { ...errorKeys(row), errorMessage: Type.Literal(row.message) };
}

/** Outcome `passed`. */
export const PassedNotification = closed({
  customerId: Id,
  token: Type.Literal(""),
  interviewId: Id,
  interviewToken: Type.Literal(""),
  transactionId: Id,
  faceMatch: True,
  spoofAttempt: False,
  secondFactor: Type.Boolean(),
  children: None,
  hasFaceMask: False,
  hasLenses: Type.Boolean(),
  // Left out where the policy has liveness off: the receiving side reads its absence as "not evaluated" (contract.md §5).
  spoofConfidence: Type.Optional(Score),
  recognitionConfidence: closed({ confidence: Score, candidates: None }),
  overallScore: Score,
  overallStatus: Type.Literal("PASS"),
});

/** Outcome `declined`: lenses, mask, both, or a head cover alone (both flags false). */
export const DeclinedNotification = closed({
  customerId: Id,
  transactionId: Id,
  faceMatch: False,
  spoofAttempt: False,
  hasFaceMask: Type.Boolean(),
  hasLenses: Type.Boolean(),
  recognitionConfidence: NotEvaluated,
  ...Fail,
});

/** Outcome `unknown-customer`: no transaction, so no `transactionId`. */
export const UnknownCustomerNotification = closed({
  customerId: Id,
  faceMatch: False,
  children: None,
  recognitionConfidence: Nothing,
  ...Fail,
  ...fixedErrorKeys(FAILURES.unknownCustomer),
});

/** Outcome `blocklisted`: two error keys, and no `transactionId`. */
export const BlocklistedNotification = closed({
  customerId: Id,
  faceMatch: False,
  children: None,
  recognitionConfidence: Nothing,
  ...Fail,
  ...errorKeys(FAILURES.blocklisted),
});

/** Outcome `spoof`. */
export const SpoofNotification = closed({
  customerId: Id,
  transactionId: Id,
  faceMatch: False,
  spoofAttempt: True,
  children: None,
  spoofConfidence: Score,
  recognitionConfidence: Nothing,
  ...Fail,
  ...errorKeys(FAILURES.spoofDetected),
  errorMessage: Type.String({ pattern: "^Spoof attempt detected\\. Spoof confidence [0-9]+\\.[0-9]+(e-[0-9]+)?$" }),
});

/** Outcome `not-recognized`: two error keys. */
export const NotRecognizedNotification = closed({
  customerId: Id,
  transactionId: Id,
  faceMatch: False,
  spoofAttempt: False,
  children: None,
  spoofConfidence: Type.Optional(Score),
  recognitionConfidence: Nothing,
  ...Fail,
  ...errorKeys(FAILURES.notRecognized),
});

type Presence = Failure["transaction"];
const TRANSACTION = {
  always: { transactionId: Id },
  never: {},
  "once-begun": { transactionId: Type.Optional(Id) },
} as const satisfies Record<Presence, Record<string, TSchema>>;

function errored(name: OwnFailureName) {
  const row = FAILURES[name];
  return closed({
    customerId: Id,
    ...TRANSACTION[row.transaction],
    faceMatch: False,
    children: None,
    recognitionConfidence: Nothing,
    ...Fail,
    ...fixedErrorKeys(row),
  });
}

/** Outcome `error`, one schema for each row of our own. */
export const ERROR_NOTIFICATIONS: ReadonlyMap<OwnFailureName, ReturnType<typeof errored>> = new Map(
  OWN_FAILURE_NAMES.map((name) => [name, errored(name)]),
);

/** Outcome `error`. */
const ErrorNotification = Type.Union([...ERROR_NOTIFICATIONS.values()]);

/** Everything we may send. */
export const Notification = Type.Union([
  PassedNotification,
  DeclinedNotification,
  UnknownCustomerNotification,
  BlocklistedNotification,
  SpoofNotification,
  NotRecognizedNotification,
  ErrorNotification,
]);

// Open: what a receiver accepts. Any further key, any code; only two keys are always there (contract.md §5).

/** Everything a receiver reads, from whatever sender. */
export const OpenNotification = Type.Object({
  customerId: Type.String(),
  token: Type.Optional(Type.String()),
  interviewId: Type.Optional(Type.String()),
  interviewToken: Type.Optional(Type.String()),
  transactionId: Type.Optional(Type.String()),
  faceMatch: Type.Optional(Type.Boolean()),
  spoofAttempt: Type.Optional(Type.Boolean()),
  secondFactor: Type.Optional(Type.Boolean()),
  children: Type.Optional(Type.Array(Type.Unknown())),
  hasFaceMask: Type.Optional(Type.Boolean()),
  hasLenses: Type.Optional(Type.Boolean()),
  spoofConfidence: Type.Optional(Type.Number()),
  recognitionConfidence: Type.Optional(
    Type.Object({
      confidence: Type.Optional(Type.Number()),
      candidates: Type.Optional(Type.Array(Type.Unknown())),
    }),
  ),
  overallScore: Type.Optional(Type.Number()),
  overallStatus: Type.Union([Type.Literal("PASS"), Type.Literal("FAIL")]),
  error: Type.Optional(Type.String()),
  errorCode: Type.Optional(Type.Integer()),
  errorMessage: Type.Optional(Type.String()),
});
