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
const BACKSLASH = 0x5c;
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
  const inspection = { keys: 0, texts: bytes.includes(BACKSLASH) };
  const reason = inspect(parsed.value, inspection);
  if (reason !== null) return refused(reason);
  // JSON.parse keeps the last of two equal keys, however each is spelt, so fewer are left than were written.
  return inspection.keys === writtenKeys ? { ok: true, value: parsed.value } : refused("duplicate_key");
}

function refused(reason: JsonRefusal): StrictJson {
  return { ok: false, reason };
}

/** Colons outside of texts, in one pass: the keys of what is JSON. `null`: deeper than `maxDepth`. */
function countKeys(bytes: Uint8Array, maxDepth: number): number | null {
  let keys = 0;
  let depth = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    switch (bytes[at]) {
      case 0x22: // "
        at = endOfText(bytes, at + 1);
        break;
      case 0x3a: // :
        keys += 1;
        break;
      case 0x5b: // [
      case 0x7b: // {
        depth += 1;
        if (depth > maxDepth) return null;
        break;
      case 0x5d: // ]
      case 0x7d: // }
        depth -= 1;
        break;
      default: // no other byte opens, closes or names anything
    }
  }
  return keys;
}

/** Where the text that begins at `at` has its closing quote, or the end of the bytes. */
function endOfText(bytes: Uint8Array, at: number): number {
  let end = at;
  while (end < bytes.length && bytes[end] !== 0x22) end += bytes[end] === BACKSLASH ? 2 : 1;
  return end;
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
function inspect(value: unknown, inspection: Inspection): JsonRefusal | null {
  if (typeof value === "number") return Number.isFinite(value) ? null : "number_out_of_range";
  if (typeof value === "string") return inspection.texts ? textRefusal(value) : null;
  if (typeof value !== "object" || value === null) return null;
  return Array.isArray(value) ? inspectItems(value, inspection) : inspectMembers(value, inspection);
}

function inspectItems(items: readonly unknown[], inspection: Inspection): JsonRefusal | null {
  for (const item of items) {
    const reason = inspect(item, inspection);
    if (reason !== null) return reason;
  }
  return null;
}

function inspectMembers(members: object, inspection: Inspection): JsonRefusal | null {
  for (const key of Object.keys(members)) {
    inspection.keys += 1;
    if (key === "__proto__") return "forbidden_key";
    const reason = inspect(key, inspection) ?? inspect((members as Readonly<Record<string, unknown>>)[key], inspection);
    if (reason !== null) return reason;
  }
  return null;
}

function textRefusal(text: string): JsonRefusal | null {
  if (text.includes("\0")) return "null_character";
  return HALF_A_PAIR.test(text) ? "unpaired_surrogate" : null;
}
