import { StoreError } from "../store-error.ts";

/** Codes of https://www.postgresql.org/docs/current/errcodes-appendix.html */
const SERIALIZATION_FAILURE = "40001";
const DEADLOCK_DETECTED = "40P01";
const DISK_FULL = "53100";
const TOO_MANY_CONNECTIONS = "53300";
const LOCK_NOT_AVAILABLE = "55P03";
/** What a statement that outlasts `statement_timeout` ends with. */
const QUERY_CANCELED = "57014";
const INTEGRITY = "23";
const FEATURE_NOT_SUPPORTED = "0A000";
/** Where PostgreSQL finds that a prepared statement gives other columns than it did; its message is translated. */
const STALE_PLAN_ROUTINE = "RevalidateCachedQuery";
/** What the pool says when no connection came free in time; it has no code of its own. */
const NO_CONNECTION_IN_TIME = "timeout exceeded when trying to connect";

/** Whether the same work may go through when it is done again (F33, F47). */
export function isConflict(fault: unknown): boolean {
  const state = sqlState(fault);
  return state === SERIALIZATION_FAILURE || state === DEADLOCK_DETECTED || isStalePlan(fault);
}

/** Whether another version has added columns since the statement was prepared (F47): prepared anew it goes through. */
export function isStalePlan(fault: unknown): boolean {
  const routine = fault instanceof Error && "routine" in fault ? fault.routine : null;
  return routine === STALE_PLAN_ROUTINE && sqlState(fault) === FEATURE_NOT_SUPPORTED;
}

/** The fault as the port names it; what the store itself refused stays as it is. */
export function toStoreError(fault: unknown): StoreError {
  if (fault instanceof StoreError) return fault;
  const state = sqlState(fault);
  if (state?.startsWith(INTEGRITY) === true) {
    return new StoreError("conflict", "a row of this id stands already, or the row that it refers to does not", {
      cause: fault,
    });
  }
  if (isBusy(fault)) return new StoreError("busy", "the database did not take it in time", { cause: fault });
  if (state === DISK_FULL) return new StoreError("full", "the database's disk is full", { cause: fault });
  return new StoreError("unavailable", "the database could not do it", { cause: fault });
}

function isBusy(fault: unknown): boolean {
  const state = sqlState(fault);
  if (state === LOCK_NOT_AVAILABLE || state === QUERY_CANCELED || state === TOO_MANY_CONNECTIONS) return true;
  return isConflict(fault) || (fault instanceof Error && fault.message === NO_CONNECTION_IN_TIME);
}

/** `null`: the fault is not one that the database told. */
export function sqlState(fault: unknown): string | null {
  if (!(fault instanceof Error) || !("code" in fault) || typeof fault.code !== "string") return null;
  return /^[0-9A-Z]{5}$/.test(fault.code) ? fault.code : null;
}
