import { setImmediate } from "node:timers/promises";
import { sql } from "kysely";
import pg from "pg";
import type { Clock } from "../../clock.ts";
import type { Random } from "../../random.ts";
import type { ColumnTypes } from "../migrations/column-types.ts";
import { MIGRATIONS, migrate } from "../migrations/migrate.ts";
import { rememberErased } from "../queries/remember-erased.ts";
import { storeOver } from "../queries/store-over.ts";
import type { AtMs } from "../records.ts";
import type { Store } from "../store.ts";
import { StoreError } from "../store-error.ts";
import { tombstoneFile } from "../tombstone-file.ts";
import { checkServer, refusal } from "./check-server.ts";
import { type ConnectOptions, connectOptions, nameOfDatabase } from "./connect-options.ts";
import { gatherFirstStatistics } from "./first-statistics.ts";
import { inTransactionOn } from "./in-transaction.ts";
import { createNodeWake } from "./node-wake.ts";
import { pendingSteps } from "./pending-steps.ts";
import { createPostgresBackend } from "./postgres-backend.ts";
import { connectionLimits, kyselyOver } from "./postgres-connection.ts";
import { sqlState } from "./postgres-fault.ts";
import { createTransactions } from "./transactions.ts";

/** What the store needs of the world. */
export interface PostgresStoreOptions {
  /** `postgres://…`; never shown in a message. */
  readonly url: string;
  readonly clock: Clock;
  readonly random: Random;
  /** Beside this path the node notes whom it erased, so that it outlives a restored dump; absent: nowhere. */
  readonly folder?: string;
  /** Lets other work go on between two commits; a simulation hands in its own. */
  readonly nextTurn?: () => Promise<void>;
  /** The store's time, given the database's; a test hands in its own. */
  readonly timeOf?: (databaseMs: AtMs) => AtMs;
}

/** "C": texts are compared by their bytes, as SQLite does, whatever the database's language is. */
const TYPES: ColumnTypes = {
  text: sql`text collate "C"`,
  integer: sql`bigint`,
  bytes: sql`bytea`,
  tableEnd: sql``,
  dropsConstraints: true,
};

/** Connections of one node, one for each group of commits and for the listener aside. */
const CONNECTIONS = 10;
/** Any number that is ours: nodes that start together migrate one after another. */
const MIGRATION_LOCK = 726_337_422;

/**
 * The store in a PostgreSQL database, for any number of processes.
 * @throws {StoreError} `unavailable` with one line for the operator, `migrationFailed`
 */
export async function createPostgresStore(options: PostgresStoreOptions): Promise<Store> {
  const { clock, random, timeOf = (databaseMs: AtMs): AtMs => databaseMs } = options;
  const connect = connectOptions(options.url);
  const { schema, isNew } = await prepare(connect, options);
  // What does not wait for each other's answers is sent at once.
  const pool = new pg.Pool({ ...connectionLimits(), ...connect, max: CONNECTIONS, pipeline: true });
  // An idle connection that breaks has left the pool already; whoever needs one makes a new one.
  pool.on("error", () => {});
  // One that breaks at work fails the statement that it was at; without a listener it would end the process, too.
  pool.on("connect", (client) => client.on("error", () => {}));
  const listeners = new Set<() => void>();
  const heard = (): void => {
    for (const listener of listeners) listener();
  };
  const wake = createNodeWake({ connect, pool, clock, random, channel: `sameface_due_${schema}`, heard });
  const stopGathering = isNew ? gatherFirstStatistics({ pool, clock }) : () => undefined;
  const release = async (): Promise<void> => {
    stopGathering();
    await wake.close();
    await pool.end();
  };
  const transactions = createTransactions({ pool, clock, random, timeOf });
  const backend = createPostgresBackend({ nextTurn: oneTurn, ...options, transactions, listeners, wake, release });
  if (options.folder === undefined) return storeOver(backend);
  try {
    return await rememberErased(backend, tombstoneFile(options.folder));
  } catch (cause) {
    await backend.close();
    throw cause;
  }
}

async function oneTurn(): Promise<void> {
  // eslint-disable-next-line no-restricted-syntax -- no time passes here: it lets the loop turn, and can be handed in
  await setImmediate();
}

/** Brings the schema up to date. @returns its name, and whether it was empty */
async function prepare(
  connect: ConnectOptions,
  { url, clock }: PostgresStoreOptions,
): Promise<{ readonly schema: string; readonly isNew: boolean }> {
  // Another node's migration may take longer than any statement that serves.
  const client = new pg.Client({ ...connectionLimits(), ...connect, ...NO_LIMITS });
  try {
    await client.connect();
    const schema = (await checkServer(client, nameOfDatabase(url))).schema;
    const pending = await pendingSteps(client);
    // On a schema that is up to date nothing is asked of a user who may not change it (S33).
    if (pending.length > 0) await bringUpToDate(client, { schema, clock, pending, name: nameOfDatabase(url) });
    return { schema, isNew: pending.length === MIGRATIONS.length };
  } catch (cause) {
    throw cause instanceof StoreError ? cause : refusal(cause, nameOfDatabase(url));
  } finally {
    await client.end().catch(() => undefined);
  }
}

interface Outdated {
  readonly schema: string;
  readonly clock: Clock;
  readonly pending: readonly string[];
  readonly name: string;
}

/** @throws {StoreError} `migrationFailed`: its user may not, and which command does */
async function bringUpToDate(client: pg.Client, { schema, clock, pending, name }: Outdated): Promise<void> {
  try {
    await client.query("select pg_advisory_lock($1, hashtext($2))", [MIGRATION_LOCK, schema]);
    await migrateOn(client, clock);
  } catch (cause) {
    const isForbidden = [cause, cause instanceof Error ? cause.cause : null].some((one) => sqlState(one) === FORBIDDEN);
    if (!isForbidden) throw cause;
    throw new StoreError(
      "migrationFailed",
      `the database ${name} lacks ${pending.length} steps of its schema which its user may not make: run \`sameface migrate\` as the owner of its tables`,
      { cause },
    );
  }
}

const FORBIDDEN = "42501";
const NO_LIMITS = { statement_timeout: 0, lock_timeout: 0, query_timeout: 0 };

async function migrateOn(client: pg.Client, clock: Clock): Promise<void> {
  const inTransaction = async (work: () => Promise<void>): Promise<void> => {
    await inTransactionOn(client, work);
  };
  await migrate(kyselyOver(client), { types: TYPES, nowMs: () => clock.nowMs(), inTransaction });
}
