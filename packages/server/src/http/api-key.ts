import { hash } from "node:crypto";
import type { Random } from "../random.ts";

const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const PREFIX = "sfk_";
/** 62^22 is a little more than 2^130: at least 128 random bits (S27). */
const RANDOM_DIGITS = 22;
const CHECK_DIGITS = 6;
const SHAPE = new RegExp(`^${PREFIX}[0-9A-Za-z]{${RANDOM_DIGITS + CHECK_DIGITS}}$`);

/** A new key: prefix, random digits, checksum; to be shown once and stored hashed. */
export function makeApiKey(random: Random): string {
  let digits = "";
  while (digits.length < RANDOM_DIGITS) {
    for (const byte of random.bytes(32)) {
      // 248 = 4 × 62: what is above would make the first digits likelier.
      if (byte < 248 && digits.length < RANDOM_DIGITS) digits += DIGITS.charAt(byte % 62);
    }
  }
  return `${PREFIX}${digits}${checksum(digits)}`;
}

/** Whether a text has the shape and the checksum of a key of ours: finds slips of the pen, proves nothing. */
export function isWellFormedApiKey(text: string): boolean {
  if (!SHAPE.test(text)) return false;
  const digits = text.slice(PREFIX.length, PREFIX.length + RANDOM_DIGITS);
  return text.slice(PREFIX.length + RANDOM_DIGITS) === checksum(digits);
}

/** What is stored of a key: lower-case hex SHA-256. */
export function hashApiKey(key: string): string {
  return hash("sha256", key, "hex");
}

function checksum(digits: string): string {
  let value = Number.parseInt(hash("sha256", `${PREFIX}${digits}`, "hex").slice(0, 12), 16);
  let text = "";
  for (let place = 0; place < CHECK_DIGITS; place += 1) {
    text += DIGITS.charAt(value % 62);
    value = Math.floor(value / 62);
  }
  return text;
}
