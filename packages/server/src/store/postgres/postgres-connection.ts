import { createHash } from "node:crypto";
import { Kysely, PostgresDialect } from "kysely";
import pg from "pg";
import type { Tables } from "../queries/tables.ts";
import { isStalePlan } from "./postgres-fault.ts";

/** Statements that a connection keeps prepared; the store has fewer, but lists of ids come in many lengths. */
const MOST_NAMED = 300;
/** A list of ids this long is rarely met twice. */
const MOST_PARAMETERS = 40;

const INT8 = 20;
const BYTEA = 17;

type Parser = (text: string) => unknown;
// The driver types its parsers as any, and their numbers as an enumeration of the types that it knows.
const parserOf = pg.types.getTypeParser as (oid: number, format?: "text" | "binary") => Parser;

/** Reads 64 bits as a number, and bytes as bytes; everything else as the driver does. */
const TYPES: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: "text" | "binary") => {
    if (oid === INT8) return toSafeInteger;
    if (oid === BYTEA) return toBytes;
    return parserOf(oid, format);
  }) as pg.CustomTypesConfig["getTypeParser"],
};

/** Times of one connection, in milliseconds. */
const LIMITS = {
  // Pool exhausted or server silent: the caller learns it in time (F32).
  connectionTimeoutMillis: 2_000,
  lock_timeout: 2_000,
  statement_timeout: 5_000,
  // The client's own clock, for a server that is gone without a word.
  query_timeout: 7_000,
  // A process that is stopped in the middle must not hold its locks (F28).
  idle_in_transaction_session_timeout: 10_000,
};

/** What all connections of a process have alike. */
export function connectionLimits(): typeof LIMITS & { readonly types: pg.CustomTypesConfig; readonly keepAlive: true } {
  return { ...LIMITS, types: TYPES, keepAlive: true };
}

/** Under which names the connections of a store prepare statements: a new round, and all are prepared anew. */
export interface PlanRound {
  round: number;
}

/**
 * Kysely over one connection, its statements prepared under a name at their first use.
 * @param plans shared by connections of one store: what one finds outdated is so for all
 */
export function kyselyOver(client: pg.ClientBase, plans: PlanRound = { round: 0 }): Kysely<Tables> {
  const names = new Map<string, string>();
  const nameOf = (text: string, parameters: readonly unknown[]): string | undefined => {
    const known = names.get(text);
    if (known !== undefined) return known;
    if (names.size === MOST_NAMED || parameters.length > MOST_PARAMETERS) return undefined;
    const name = createHash("sha256").update(text).digest("hex").slice(0, 32);
    names.set(text, name);
    return name;
  };
  const connection = {
    query: async (text: string, parameters: readonly unknown[]) => {
      const { round } = plans;
      const known = nameOf(text, parameters);
      const name = known === undefined ? {} : { name: `${known}_${round}` };
      try {
        return await client.query({ text, values: [...parameters], ...name });
      } catch (cause) {
        // Others may have found it meanwhile: one round is enough for them all.
        if (isStalePlan(cause) && plans.round === round) plans.round += 1;
        throw cause;
      }
    },
    release: () => undefined,
  };
  return new Kysely<Tables>({
    dialect: new PostgresDialect({
      // Kysely's dialect asks for more of a pool and of a connection than it uses here: one connection, no cursor.
      pool: { connect: async () => await Promise.resolve(connection), end: async () => {}, options: {} } as never,
    }),
  });
}

function toSafeInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError("the database holds an integer past 2^53");
  return value;
}

function toBytes(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text.slice(2), "hex"));
}
