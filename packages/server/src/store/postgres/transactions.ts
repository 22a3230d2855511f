import type { Kysely } from "kysely";
import type pg from "pg";
import type { Clock } from "../../clock.ts";
import type { Random } from "../../random.ts";
import type { Tables } from "../queries/tables.ts";
import type { AtMs } from "../records.ts";
import { StoreError } from "../store-error.ts";
import { kyselyOver, type PlanRound } from "./postgres-connection.ts";
import { isConflict, isStalePlan, toStoreError } from "./postgres-fault.ts";

/** Times that work is done again after a conflict with another session (F33). */
export const RETRIES = 3;
/** The wait before it is this and as much again at most. */
const RETRY_WAIT_MS = 20;

/** One transaction that has begun. */
export interface Session {
  readonly db: Kysely<Tables>;
  /** The database's clock when it began. */
  readonly nowMs: AtMs;
  /** Plain statements without parameters. */
  readonly exec: (statements: string) => Promise<void>;
}

/** Transactions on the connections of a pool. */
export interface Transactions {
  /** Work that reads one state, whatever it asks. */
  read<T>(work: (session: Session) => Promise<T>): Promise<T>;
  /** Work that is done again after a conflict; resolves after the commit. */
  write<T>(work: (session: Session) => Promise<T>): Promise<T>;
  /** Once, without trying again; its faults are the driver's. @param first a statement that goes with the beginning */
  once<T>(first: string, work: (session: Session) => Promise<T>): Promise<T>;
  /** The jittered wait before a conflict is tried again. */
  pause(): Promise<void>;
}

const READ = "begin isolation level repeatable read read only";
const WRITE = "begin isolation level read committed";
const NOW = "select floor(extract(epoch from clock_timestamp()) * 1000)::int8 as now_ms";

interface Options {
  readonly pool: pg.Pool;
  readonly clock: Clock;
  readonly random: Random;
  /** The store's time, given the database's; a test hands in its own. */
  readonly timeOf: (databaseMs: AtMs) => AtMs;
}

export function createTransactions({ pool, clock, random, timeOf }: Options): Transactions {
  const run = createRunner(pool, timeOf);
  const pause = async (): Promise<void> => {
    await new Promise<void>((resolve) => {
      clock.after(RETRY_WAIT_MS * (1 + random.fraction()), resolve);
    });
  };
  return {
    read: async (work) => {
      for (let retry = 0; ; retry += 1) {
        try {
          return await run(READ, work);
        } catch (cause) {
          if (!isStalePlan(cause) || retry === RETRIES) throw toStoreError(cause);
        }
      }
    },
    write: async (work) => {
      for (let retry = 0; ; retry += 1) {
        try {
          return await run(WRITE, work);
        } catch (cause) {
          if (!isConflict(cause) || retry === RETRIES) throw toStoreError(cause);
        }
        await pause();
      }
    },
    once: async (first, work) => await run(`${WRITE}; ${first}`, work),
    pause,
  };
}

type Runner = <T>(begin: string, work: (session: Session) => Promise<T>) => Promise<T>;

/** Runs one transaction; its faults are the driver's. */
function createRunner(pool: pg.Pool, timeOf: Options["timeOf"]): Runner {
  const databases = new WeakMap<pg.PoolClient, Kysely<Tables>>();
  const plans: PlanRound = { round: 0 };
  return async (begin, work) => {
    const { client, nowMs } = await beginOn(pool, begin);
    const db = databases.get(client) ?? kyselyOver(client, plans);
    databases.set(client, db);
    let usable = false;
    try {
      const exec = async (statements: string): Promise<void> => {
        await client.query(statements);
      };
      const result = await work({ db, nowMs: timeOf(nowMs), exec });
      const { command } = await client.query("commit");
      // A commit of a transaction that a statement has broken is answered, too: by what was done instead.
      if (command !== "COMMIT") throw new StoreError("unavailable", "the database undid the transaction");
      usable = true;
      return result;
    } catch (cause) {
      usable = await canRollBack(client);
      throw cause;
    } finally {
      client.release(!usable);
    }
  };
}

/** Connections that were idle while the server restarted are dead, and show it only when they are used. */
async function beginOn(
  pool: pg.Pool,
  begin: string,
): Promise<{ readonly client: pg.PoolClient; readonly nowMs: AtMs }> {
  if (pool.ending) throw new StoreError("closed", "the store is closed");
  for (let idle = pool.idleCount; ; idle -= 1) {
    const client = await pool.connect();
    try {
      // Two statements in one message are answered one by one; the driver's types know only one answer.
      const answers = (await client.query(`${begin}; ${NOW}`)) as unknown as readonly pg.QueryResult<{
        now_ms: AtMs;
      }>[];
      const nowMs = answers.at(-1)?.rows[0]?.now_ms;
      if (nowMs === undefined) throw new TypeError("the database told no time");
      return { client, nowMs };
    } catch (cause) {
      client.release(true);
      if (idle <= 0) throw cause;
    }
  }
}

async function canRollBack(client: pg.PoolClient): Promise<boolean> {
  try {
    await client.query("rollback");
    return true;
  } catch {
    return false;
  }
}
