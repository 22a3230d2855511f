/** The part of a random source that ids and keys need: cryptographically strong bytes. */
export interface RandomBytes {
  bytes(length: number): Uint8Array;
}

/** Ids we accept, and every id in a body: opaque, never parsed (contract.md §4). */
export const CUSTOMER_ID_PATTERN = "^[A-Za-z0-9_-]{1,64}$";

/** Begins the `webhook-id` of a test send, so that the mark is signed (contract.md §6). */
export const TEST_ID_PREFIX = "test_";

const CUSTOMER_ID = new RegExp(CUSTOMER_ID_PATTERN);

/** Whether `value` may be a customer's id: 1 to 64 of letters, digits, `_`, `-`. */
export function isCustomerId(value: unknown): value is string {
  return typeof value === "string" && CUSTOMER_ID.test(value);
}

/** A new id: 24 characters `[0-9a-f]`, 96 random bits. */
export function newId(random: RandomBytes): string {
  return Array.from(random.bytes(12), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
