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

/** The two digits of each byte, one after the other. */
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0")).join("");

/** A new id: 24 characters `[0-9a-f]`, 96 random bits. */
export function newId(random: RandomBytes): string {
  let id = "";
  for (const byte of random.bytes(12)) id += HEX.slice(2 * byte, 2 * byte + 2);
  return id;
}

/** Digits of the time in an id, enough for five hundred years. */
const TIME_DIGITS = 11;

/**
 * A new id of something that is written often: 24 characters `[0-9a-f]`, which begin with the milliseconds since 1970 and
 * have 52 random bits behind them. What is made at one time stands together in an index, so that a commit of many writes a
 * few of its pages and not one for each.
 */
export function newTimedId(random: RandomBytes, atMs: number): string {
  const time = Math.floor(atMs).toString(16).padStart(TIME_DIGITS, "0");
  return time + newId(random).slice(TIME_DIGITS);
}
