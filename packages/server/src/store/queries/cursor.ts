import { StoreError } from "../store-error.ts";

/** The lists that are paged; a cursor of one is no cursor of another. */
export type CursorKind =
  | "tenants"
  | "keys"
  | "customers"
  | "authentications"
  | "endpoints"
  | "events"
  | "operatorEvents"
  | "deliveriesByPlace"
  | "replays"
  | "audit";

/** A position in a list, as the caller keeps it: opaque, safe in a URL. */
export function encodeCursor(kind: CursorKind, position: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify([kind, ...position])).toString("base64url");
}

/** @throws {StoreError} `invalidCursor` for anything but a cursor of this list */
export function idCursor(kind: CursorKind, after: string | null): string | null {
  if (after === null) return null;
  const [id, ...rest] = decode(kind, after);
  if (typeof id !== "string" || rest.length > 0) throw invalid();
  return id;
}

/** @throws {StoreError} `invalidCursor` for anything but a cursor of this list */
export function sequenceCursor(kind: CursorKind, after: string | null): number | null {
  if (after === null) return null;
  const [sequence, ...rest] = decode(kind, after);
  if (!isSequence(sequence) || rest.length > 0) throw invalid();
  return sequence;
}

/** A position among rows that may share a sequence. @throws {StoreError} `invalidCursor` */
export function sequenceAndIdCursor(
  kind: CursorKind,
  after: string | null,
): { readonly sequence: number; readonly id: string } | null {
  if (after === null) return null;
  const [sequence, id, ...rest] = decode(kind, after);
  if (!isSequence(sequence) || typeof id !== "string" || rest.length > 0) throw invalid();
  return { sequence, id };
}

function decode(kind: CursorKind, after: string): readonly unknown[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(Buffer.from(after, "base64url").toString("utf8"));
  } catch {
    throw invalid();
  }
  if (!Array.isArray(parsed) || parsed[0] !== kind) throw invalid();
  return parsed.slice(1) as unknown[];
}

function isSequence(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

function invalid(): StoreError {
  return new StoreError("invalidCursor", "not a cursor of this list");
}
