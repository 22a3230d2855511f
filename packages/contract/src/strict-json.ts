/** Why a text is not JSON that we read. */
export type JsonRefusal =
  /** More than `maxBytes`. */
  | "too_large"
  /** Begins with U+FEFF. */
  | "byte_order_mark"
  | "invalid_utf8"
  /** Arrays and objects inside one another more than `maxDepth` times. */
  | "too_deep"
  | "not_json"
  | "duplicate_key"
  /** A key `__proto__`: a careless copy would change a prototype. */
  | "forbidden_key"
  /** U+0000 in a text or a key: text columns of PostgreSQL can't hold it. */
  | "null_character"
  /** Half a surrogate pair in a text or a key: it has no UTF-8. */
  | "unpaired_surrogate"
  /** A number too large for 64 bits, such as `1e400`. */
  | "number_out_of_range";

/** What {@link parseStrictJson} answers. */
export type StrictJson =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly reason: JsonRefusal };

/** Bounds of what is read. */
export interface StrictJsonLimits {
  /** Default 32. */
  readonly maxDepth?: number;
  /** Default: no bound, for callers whose body limit stands before. */
  readonly maxBytes?: number;
}

const DEFAULT_MAX_DEPTH = 32;
const QUOTE = 0x22;
const COLON = 0x3a;
const OPENING = 0x5b;
const BACKSLASH = 0x5c;
const CLOSING = 0x5d;
/** It decodes whole texts only, so it keeps nothing from one to the next. */
const STRICT_UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const HALF_A_PAIR = /\p{Surrogate}/u; // with the flag, whole pairs are one character and don't match

/**
 * JSON as both of our borders read it: strict UTF-8, no byte order mark, bounded depth, each key once, no `__proto__`, no
 * U+0000, no unpaired surrogate, finite numbers only. Depth is found before anything is built, so nesting costs nothing.
 * @see reliability.md B12, B13
 */
export function parseStrictJson(bytes: Uint8Array, limits: StrictJsonLimits = {}): StrictJson {
  const { maxDepth = DEFAULT_MAX_DEPTH, maxBytes = Number.POSITIVE_INFINITY } = limits;
  if (bytes.length > maxBytes) return refused("too_large");
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return refused("byte_order_mark");
  const writtenKeys = countKeys(bytes, maxDepth);
  if (writtenKeys === null) return refused("too_deep");
  const text = decode(bytes);
  if (text === null) return refused("invalid_utf8");
  const parsed = parse(text);
  if (parsed === null) return refused("not_json");
  // Only an escape can write U+0000 or half a pair: JSON.parse and strict UTF-8 refuse them raw.
  const inspection = { keys: 0, texts: text.includes("\\") };
  const reason = itemRefusal(parsed.value, inspection);
  if (reason !== null) return refused(reason);
  // JSON.parse keeps the last of two equal keys, however each is spelt, so fewer are left than were written.
  return inspection.keys === writtenKeys ? { ok: true, value: parsed.value } : refused("duplicate_key");
}

function refused(reason: JsonRefusal): StrictJson {
  return { ok: false, reason };
}

/** Colons outside of texts, in one pass: the keys of what is JSON. `null`: deeper than `maxDepth`. */
function countKeys(bytes: Uint8Array, maxDepth: number): number | null {
  const { length } = bytes;
  let keys = 0;
  let depth = 0;
  let at = 0;
  while (at < length) {
    const byte = bytes[at] as number; // `at` is within
    at += 1;
    if (byte === QUOTE) {
      while (at < length && bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1;
      at += 1;
    } else if (byte === COLON) keys += 1;
    // In ASCII { stands 32 above [, and } above ].
    else if ((byte & ~32) === OPENING) {
      depth += 1;
      if (depth > maxDepth) return null;
    } else if ((byte & ~32) === CLOSING) depth -= 1;
  }
  return keys;
}

function decode(bytes: Uint8Array): string | null {
  try {
    return STRICT_UTF8.decode(bytes);
  } catch {
    return null;
  }
}

function parse(text: string): { readonly value: unknown } | null {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return null;
  }
}

interface Inspection {
  keys: number;
  readonly texts: boolean;
}

/** Recursion is bounded: the depth has been found good. */
function inspect(value: object, inspection: Inspection): JsonRefusal | null {
  if (!Array.isArray(value)) {
    const keys = Object.keys(value);
    inspection.keys += keys.length;
    const reason = keysRefusal(keys, inspection);
    if (reason !== null) return reason;
  }
  for (const item of Object.values(value)) {
    const reason = itemRefusal(item, inspection);
    if (reason !== null) return reason;
  }
  return null;
}

function itemRefusal(item: unknown, inspection: Inspection): JsonRefusal | null {
  switch (typeof item) {
    case "number":
      return Number.isFinite(item) ? null : "number_out_of_range";
    case "string":
      return inspection.texts ? textRefusal(item) : null;
    case "object":
      return item === null ? null : inspect(item, inspection);
    default:
      return null;
  }
}

function keysRefusal(keys: readonly string[], { texts }: Inspection): JsonRefusal | null {
  if (keys.includes("__proto__")) return "forbidden_key";
  if (!texts) return null;
  for (const key of keys) {
    const reason = textRefusal(key);
    if (reason !== null) return reason;
  }
  return null;
}

function textRefusal(text: string): JsonRefusal | null {
  if (text.includes("\0")) return "null_character";
  return HALF_A_PAIR.test(text) ? "unpaired_surrogate" : null;
}
