import { StoreError, type StoreErrorCode } from "../store-error.ts";

/** Primary result codes, https://www.sqlite.org/rescode.html; extended ones carry them in their low byte. */
const BUSY = 5;
const LOCKED = 6;
const FULL = 13;
const CONSTRAINT = 19;

/** Whether another holds the database just now: worth trying again. */
export function isBusy(fault: unknown): boolean {
  const code = resultCode(fault);
  return code === BUSY || code === LOCKED;
}

/** The fault as the port names it; what the store itself refused stays as it is. */
export function toStoreError(fault: unknown): StoreError {
  if (fault instanceof StoreError) return fault;
  const [code, message] = describe(resultCode(fault));
  return new StoreError(code, message, { cause: fault });
}

function describe(code: number | null): readonly [StoreErrorCode, string] {
  switch (code) {
    case BUSY:
    case LOCKED:
      return ["busy", "another process holds the database"];
    case FULL:
      return ["full", "the disk is full"];
    case CONSTRAINT:
      return ["conflict", "a row of this id stands already, or the row that it refers to does not"];
    default:
      return ["unavailable", "the database could not do it"];
  }
}

function resultCode(fault: unknown): number | null {
  if (!(fault instanceof Error) || !("errcode" in fault) || typeof fault.errcode !== "number") return null;
  return fault.errcode & 0xff;
}
