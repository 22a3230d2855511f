import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { AUDIT } from "../../store/conformance/bench.fixture.ts";
import { createSqliteStore, DATABASE_FILE } from "../../store/sqlite/create-sqlite-store.ts";
import { aroundStatement } from "../around-statement.fixture.ts";

export const SIM_TENANT = "default";

/** What goes wrong below the store: whether the next commit, or the next statement that writes, fails. */
export interface DatabaseFaults {
  readonly commitFails: () => boolean;
  readonly statementFails: () => boolean;
}

/** The real SQLite in memory, migrated once; it is emptied for each run, and its statements stay prepared. */
export interface SimDatabase extends Disposable {
  /** One connection, that reads and that writes. */
  readonly connection: DatabaseSync;
  /** As it was before the first run, and struck by these faults from now on. */
  readonly reset: (faults: DatabaseFaults) => void;
  /** Transactions that were begun while another was open: the one who drives it must not let that happen. */
  readonly overlaps: () => number;
}

const BUSY = 5;
const FULL = 13;
const NO_FAULTS: DatabaseFaults = { commitFails: () => false, statementFails: () => false };
/** Lists of ids come in many lengths. */
const MOST_STATEMENTS = 2_000;

/** Opens it; the files that a migration needs are gone again when it resolves. */
export async function createSimDatabase(): Promise<SimDatabase> {
  const connection = new DatabaseSync(":memory:");
  await migrateInto(connection);
  const reset = resetOf(connection);
  const state = { faults: NO_FAULTS, overlaps: 0 };
  watch(connection, state);
  return {
    connection,
    overlaps: () => state.overlaps,
    reset: (faults) => {
      state.faults = NO_FAULTS;
      if (connection.isTransaction) connection.exec("rollback");
      reset();
      state.faults = faults;
    },
    [Symbol.dispose]: () => {
      connection.close();
    },
  };
}

/** Tables and first rows as the migrations make them in a folder; the rows are kept beside, in `origin`. */
async function migrateInto(connection: DatabaseSync): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "sameface-sim-"));
  try {
    const clock = { nowMs: () => 0, monotonicMs: () => 0, after: () => () => undefined };
    const random = { bytes: (length: number) => new Uint8Array(length), fraction: () => 0.5 };
    const store = await createSqliteStore({ folder, clock, random });
    await store.createTenant({ tenantId: SIM_TENANT, name: "default", audit: AUDIT });
    await store.close();
    connection.exec(`attach '${join(folder, DATABASE_FILE)}' as migrated; attach ':memory:' as origin`);
    const made = connection.prepare("select name, type, sql from migrated.sqlite_master where sql is not null").all();
    for (const { sql } of made) connection.exec(String(sql));
    const tables = made.filter(({ type }) => type === "table").map(({ name }) => String(name));
    for (const name of tables) connection.exec(`create table origin."${name}" as select * from migrated."${name}"`);
    connection.exec("detach migrated");
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function resetOf(connection: DatabaseSync): () => void {
  const tables = connection.prepare("select name from main.sqlite_master where type = 'table'").all();
  const steps = tables.flatMap((table) => {
    const name = String(table["name"]);
    const [held] = connection.prepare(`select 1 from origin."${name}" limit 1`).all();
    const texts = [`delete from main."${name}"`, `insert into main."${name}" select * from origin."${name}"`];
    return texts.slice(0, held === undefined ? 1 : 2).map((text) => connection.prepare(text));
  });
  const exec = connection.exec.bind(connection);
  return () => {
    // Without foreign keys a table is emptied as a whole, and in any order.
    exec("pragma foreign_keys = off; begin");
    for (const step of steps) step.run();
    exec("commit; pragma foreign_keys = on");
  };
}

function asPlanned(errcode: number): Error {
  return Object.assign(new Error("as the plan says"), { errcode });
}

/** Strikes with the faults of the run, keeps what was prepared, and counts transactions within transactions. */
function watch(connection: DatabaseSync, state: { readonly faults: DatabaseFaults; overlaps: number }): void {
  const [exec, prepare] = [connection.exec.bind(connection), connection.prepare.bind(connection)];
  const prepared = new Map<string, StatementSync>();
  const unlessItFails = (work: () => unknown): unknown => {
    if (state.faults.statementFails()) throw asPlanned(BUSY);
    return work();
  };
  connection.exec = (text) => {
    if (text.startsWith("begin") && connection.isTransaction) state.overlaps += 1;
    // There is no log to be emptied.
    if (text.startsWith("pragma wal_checkpoint")) return;
    if (text === "commit" && state.faults.commitFails()) throw asPlanned(FULL);
    exec(text);
  };
  connection.prepare = (text) => {
    const known = prepared.get(text);
    if (known !== undefined) return known;
    if (prepared.size === MOST_STATEMENTS) prepared.clear();
    const bare = prepare(text);
    // Each run's store asks for them.
    const columns = bare.columns();
    bare.columns = () => columns;
    const isWrite = /^\s*(insert|update|delete)/i.test(text);
    const statement = isWrite ? aroundStatement(bare, unlessItFails) : bare;
    prepared.set(text, statement);
    return statement;
  };
}
