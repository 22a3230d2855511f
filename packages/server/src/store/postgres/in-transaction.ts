import type pg from "pg";
import { isConflict } from "./postgres-fault.ts";
import { RETRIES } from "./transactions.ts";

/**
 * Runs work on a connection in a transaction of its own. After a conflict with nodes that are at work (a step that changes
 * several tables may meet one in a circle) it is done again.
 */
export async function inTransactionOn(client: Pick<pg.Client, "query">, work: () => Promise<void>): Promise<void> {
  for (let retry = 0; ; retry += 1) {
    await client.query("begin");
    try {
      await work();
      await client.query("commit");
      return;
    } catch (cause) {
      await client.query("rollback");
      if (!isConflict(cause) || retry === RETRIES) throw cause;
    }
  }
}
