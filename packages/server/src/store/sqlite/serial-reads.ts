import type { DatabaseSync } from "node:sqlite";
import { StoreError } from "../store-error.ts";
import { toStoreError } from "./sqlite-fault.ts";

/** Runs readers one after another on one connection, each in a transaction: one sees one state, whatever it asks. */
export interface SerialReads {
  run<T>(work: () => Promise<T>): Promise<T>;
  /** Runs while no reader is in a transaction. */
  between(work: () => Promise<void>): Promise<void>;
  /** Refuses what comes later, and resolves when all that came before has ended. */
  close(): Promise<void>;
}

export function createSerialReads(database: DatabaseSync): SerialReads {
  let last: Promise<unknown> = Promise.resolve();
  let closed = false;

  const inTransaction = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      database.exec("begin");
      return await work();
    } catch (cause) {
      throw toStoreError(cause);
    } finally {
      if (database.isTransaction) database.exec("rollback");
    }
  };

  const inTurn = async <T>(work: () => Promise<T>): Promise<T> => {
    if (closed) throw new StoreError("closed", "the store is closed");
    const mine = last.then(work);
    last = mine.catch(() => undefined);
    return await mine;
  };

  return {
    run: async (work) => await inTurn(async () => await inTransaction(work)),
    between: inTurn,
    close: async () => {
      closed = true;
      await last;
    },
  };
}
