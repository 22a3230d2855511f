import { type FailureName, failureByCode } from "./failure-codes.ts";
import { FAILURES } from "./failures.ts";
import { isCustomerId } from "./ids.ts";
import type { Notification } from "./notification.gen.ts";

type Body = Readonly<Record<string, unknown>>;
/** What a key may hold; `body` for a rule between two keys, of which the other stands earlier and has been found good. */
type Rule = (value: unknown, body: Body) => boolean;
/** Keys in the order of the wire. */
type Shape = readonly (readonly [key: string, rule: Rule, presence?: "optional"])[];

const is =
  (expected: unknown): Rule =>
  (value) =>
    value === expected;
const isBoolean: Rule = (value) => typeof value === "boolean";
const isScore: Rule = (value) => typeof value === "number" && value >= 0 && value <= 1; // false for NaN and infinities
const isNone: Rule = (value) => Array.isArray(value) && value.length === 0;
const isNothing: Rule = (value) => breach(value, []) === null;
const isNotEvaluated: Rule = (value) => breach(value, confidence(is(0))) === null;
const isEvaluated: Rule = (value) => breach(value, confidence(isScore)) === null;

const CUSTOMER: Shape = [["customerId", isCustomerId]];
const TRANSACTION = {
  always: [["transactionId", isCustomerId]],
  never: [],
  "once-begun": [["transactionId", isCustomerId, "optional"]],
} as const satisfies Record<string, Shape>;
const FAIL: Shape = [
  ["overallScore", is(0)],
  ["overallStatus", is("FAIL")],
];

const PASSED: Shape = [
  ...CUSTOMER,
  ["token", is("")],
  ["interviewId", isCustomerId],
  ["interviewToken", is("")],
  ...TRANSACTION.always,
  ["faceMatch", is(true)],
  ["spoofAttempt", is(false)],
  ["secondFactor", isBoolean],
  ["children", isNone],
  ["hasFaceMask", is(false)],
  ["hasLenses", isBoolean],
  ["spoofConfidence", isScore, "optional"],
  ["recognitionConfidence", isEvaluated],
  ["overallScore", (value, body) => value === (body["recognitionConfidence"] as Body)["confidence"]],
  ["overallStatus", is("PASS")],
];

const DECLINED: Shape = [
  ...CUSTOMER,
  ...TRANSACTION.always,
  ["faceMatch", is(false)],
  ["spoofAttempt", is(false)],
  ["hasFaceMask", isBoolean],
  ["hasLenses", isBoolean],
  ["recognitionConfidence", isNotEvaluated],
  ...FAIL,
];

/** What stands between `faceMatch` and the scores where a live face was looked for. */
const JUDGED: Partial<Record<FailureName, Shape>> = {
  spoofDetected: [
    ["spoofAttempt", is(true)],
    ["children", isNone],
    ["spoofConfidence", isScore],
  ],
  notRecognized: [
    ["spoofAttempt", is(false)],
    ["children", isNone],
    ["spoofConfidence", isScore, "optional"],
  ],
};

/**
 * The closed rules of what we send: exactly the keys of its outcome, in the page's order, with their constants and ranges.
 * @returns what is wrong, without the value; `null`: nothing
 * @see contract.md §4
 */
export function notificationBreach(notification: Notification): string | null {
  const shape = shapeOf(notification);
  return shape === null ? "errorCode is not one of ours to send" : breach(notification, shape);
}

function shapeOf(notification: Notification): Shape | null {
  if (notification.overallStatus === "PASS") return PASSED;
  const { errorCode } = notification as { errorCode?: number };
  if (errorCode === undefined) return DECLINED;
  const name = failureByCode(errorCode);
  return name === null ? null : failedShape(name);
}

function failedShape(name: FailureName): Shape {
  const { transaction, error, code, message } = FAILURES[name];
  return [
    ...CUSTOMER,
    ...TRANSACTION[transaction],
    ["faceMatch", is(false)],
    ...(JUDGED[name] ?? [["children", isNone]]),
    ["recognitionConfidence", isNothing],
    ...FAIL,
    ["error", is(error)],
    ["errorCode", is(code)],
    ...messageShape(message),
  ];
}

function messageShape(message: (typeof FAILURES)[FailureName]["message"]): Shape {
  if (message === null) return [];
  if (typeof message === "string") return [["errorMessage", is(message)]];
  return [["errorMessage", (value, body) => value === message(body["spoofConfidence"] as number)]];
}

function confidence(rule: Rule): Shape {
  return [
    ["confidence", rule],
    ["candidates", isNone],
  ];
}

function breach(value: unknown, shape: Shape): string | null {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return "not an object";
  const body = value as Body; // its values stay unknown, each rule looks at one
  const present = shape.filter(([key, , presence]) => presence === undefined || key in body);
  const keys = Object.keys(body);
  if (keys.length !== present.length || present.some(([key], index) => key !== keys[index])) {
    return `the keys are not ${present.map(([key]) => key).join()} in this order`;
  }
  const broken = present.find(([key, rule]) => !rule(body[key], body));
  return broken === undefined ? null : `${broken[0]} is not what its outcome allows`;
}
