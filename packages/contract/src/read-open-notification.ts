import type { OpenNotification } from "./notification.gen.ts";

type Is = (value: unknown) => boolean;

const isText: Is = (value) => typeof value === "string";
const isBoolean: Is = (value) => typeof value === "boolean";
const isNumber: Is = Number.isFinite;
const isObject: Is = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
const isRecognition: Is = (value) => isObject(value) && firstWrong(value as object, RECOGNITION) === null;

const RECOGNITION = table({ confidence: isNumber, candidates: Array.isArray });

/** The keys whose type we know; all others pass as they are. */
const TYPES = table({
  customerId: isText,
  token: isText,
  interviewId: isText,
  interviewToken: isText,
  transactionId: isText,
  faceMatch: isBoolean,
  spoofAttempt: isBoolean,
  secondFactor: isBoolean,
  children: Array.isArray,
  hasFaceMask: isBoolean,
  hasLenses: isBoolean,
  spoofConfidence: isNumber,
  recognitionConfidence: isRecognition,
  overallScore: isNumber,
  overallStatus: (value) => value === "PASS" || value === "FAIL",
  error: isText,
  errorCode: Number.isInteger,
  errorMessage: isText,
});

/**
 * The open reading of a parsed body: the types of the keys we know, and any other key.
 * @returns what is wrong, in words, if it is no notification
 */
export function readOpenNotification(value: unknown): OpenNotification | string {
  if (!isObject(value)) return "the body is not an object";
  const body = value as Readonly<Record<string, unknown>>;
  if (!Object.hasOwn(body, "customerId")) return "customerId is missing";
  if (!Object.hasOwn(body, "overallStatus")) return "overallStatus is missing";
  const wrong = firstWrong(body, TYPES);
  // The table above has just proved the types; the schema test holds it to the open schema.
  return wrong === null ? (body as unknown as OpenNotification) : `${wrong} has another type than the page gives it`;
}

/** A map, which is looked up in a third of the time of an object and knows no key of a prototype. */
function table(types: Readonly<Record<string, Is>>): ReadonlyMap<string, Is> {
  return new Map(Object.entries(types));
}

function firstWrong(body: object, types: ReadonlyMap<string, Is>): string | null {
  for (const key of Object.keys(body)) {
    if (types.get(key)?.((body as Readonly<Record<string, unknown>>)[key]) === false) return key;
  }
  return null;
}
