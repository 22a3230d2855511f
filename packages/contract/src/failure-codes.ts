/**
 * What stands in `errorCode` for every failure: 4xxx are the page's, 9xxx are ours and never collide with the vendor's.
 * Apart from the texts of {@link FAILURES}, which only a sender needs: a receiver goes by the code.
 */
export const FAILURE_CODES = {
  blocklisted: 4003,
  unknownCustomer: 4004,
  spoofDetected: 4005,
  notRecognized: 4015,
  faceNotFound: 9001,
  moreThanOneFace: 9002,
  imageNotUsable: 9003,
  faceUnclear: 9004,
  tooManyAttempts: 9005,
  unpredicted: 9500,
} as const;

/** The name of a failure. */
export type FailureName = keyof typeof FAILURE_CODES;

/** All names of {@link FAILURE_CODES}, in its order. */
export const FAILURE_NAMES = Object.keys(FAILURE_CODES) as readonly FailureName[]; // keys() widens to string

/**
 * The name of the failure whose `errorCode` is `code`.
 * @returns `null` for every other code: exceptions of a sender are normal traffic (contract.md §5)
 */
export function failureByCode(code: number): FailureName | null {
  return FAILURE_NAMES.find((name) => FAILURE_CODES[name] === code) ?? null;
}
