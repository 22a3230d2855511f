export { bytesOfBase64, encodeBase64 } from "./base64.ts";
export { classify } from "./classify.ts";
export { ContractError, type ContractErrorCode } from "./contract-error.ts";
export { encodeNotification, MAX_NOTIFICATION_BYTES } from "./encode-notification.ts";
export { FAILURE_NAMES, type FailureName, failureByCode } from "./failure-codes.ts";
export { FAILURES, type Failure, OWN_FAILURE_NAMES, type OwnFailureName } from "./failures.ts";
export { HEADERS } from "./headers.ts";
export { CUSTOMER_ID_PATTERN, isCustomerId, newId, newTimedId, type RandomBytes, TEST_ID_PREFIX } from "./ids.ts";
export { makeNotification, type Subject } from "./make-notification.ts";
export type {
  BlocklistedNotification,
  DeclinedNotification,
  ErrorNotification,
  Notification,
  NotRecognizedNotification,
  OpenNotification,
  PassedNotification,
  SpoofNotification,
  UnknownCustomerNotification,
} from "./notification.gen.ts";
export {
  type Blocklisted,
  type Declined,
  type Errored,
  type NotRecognized,
  OUTCOME_KINDS,
  type Outcome,
  type OutcomeKind,
  type Passed,
  type Spoof,
  type UnknownCustomer,
} from "./outcomes.ts";
export type {
  Malformed,
  ReceivedBlocklisted,
  ReceivedDeclined,
  ReceivedError,
  ReceivedInconsistent,
  ReceivedNotRecognized,
  ReceivedOutcome,
  ReceivedPassed,
  ReceivedSpoof,
  ReceivedUnknownCustomer,
} from "./received-outcome.ts";
export { isSampleName, SAMPLES, type Sample, type SampleName, sample } from "./samples.ts";
export {
  createVerifier,
  DEFAULT_TOLERANCE_SECONDS,
  equalInConstantTime,
  type SignedRequest,
  type SignOptions,
  sign,
  type Verifier,
  type VerifierOptions,
  type VerifyRefusal,
  type VerifyResult,
  verify,
} from "./signature.ts";
export { type HeaderRefusal, type HeadersLike, headerValues } from "./signature-headers.ts";
export {
  generateEd25519,
  generateSecret,
  type PrivateKey,
  type PublicKey,
  parsePublicKey,
  parseSecret,
  parseSigningKey,
  parseVerifyKey,
  type SecretKey,
  type SigningKey,
  type VerifyKey,
} from "./signing-keys.ts";
export { type JsonRefusal, parseStrictJson, type StrictJson, type StrictJsonLimits } from "./strict-json.ts";
export {
  type Ed25519,
  type Ed25519Verify,
  type Mac,
  type Primitives,
  type VerifyPrimitives,
  webCrypto,
  webVerify,
} from "./web-crypto.ts";
