import { existsSync, renameSync } from "node:fs";
import { join } from "node:path";
import type { DatabaseSync, SQLOutputValue } from "node:sqlite";
import pg from "pg";
import type { Clock } from "../../clock.ts";
import type { Random } from "../../random.ts";
import { createSqliteStore, DATABASE_FILE } from "../sqlite/create-sqlite-store.ts";
import { lockFolder } from "../sqlite/folder-lock.ts";
import { openReader } from "../sqlite/open-database.ts";
import { StoreError } from "../store-error.ts";
import { connectOptions } from "./connect-options.ts";
import { createPostgresStore } from "./create-postgres-store.ts";
import { connectionLimits } from "./postgres-connection.ts";

/** A table that was moved, and how many rows it has on either side. */
export interface MovedTable {
  readonly table: string;
  readonly rows: number;
}

/** What is moved, and where to. */
export interface MoveOptions {
  /** The data folder, which no server may be using. */
  readonly folder: string;
  /** An empty PostgreSQL database. */
  readonly url: string;
  readonly clock: Clock;
  readonly random: Random;
  /** Told after each table. */
  readonly onTable?: (moved: MovedTable) => void;
}

/** Name that the SQLite database has afterwards, so that no server starts on it again unseen. */
export const MOVED_FILE = "sameface.moved.db";

/**
 * Moves everything into PostgreSQL in one transaction, every row read back and compared before the commit: killed or
 * refused, nothing has happened. Ids, bodies, schedules, secrets and the audit's chain are those of before.
 * @throws {StoreError} `folderInUse`, `unavailable`, `conflict` where the target is not empty or a row came back different
 */
export async function moveFromSqlite(options: MoveOptions): Promise<readonly MovedTable[]> {
  const { folder, url } = options;
  const file = join(folder, DATABASE_FILE);
  if (!existsSync(file)) throw new StoreError("unavailable", `there is no database in ${folder}`);
  // Both sides get the schema of this version, and whoever was erased since a backup is erased again first.
  await (await createSqliteStore(options)).close();
  // Without the folder: what its tombstones would write here is moved from there.
  const { clock, random } = options;
  await (await createPostgresStore({ url, clock, random })).close();
  const unlock = lockFolder(folder);
  const source = openReader(file);
  const client = new pg.Client({ ...connectionLimits(), ...connectOptions(url), ...NO_LIMITS });
  // A connection that breaks fails the statement that it was at; without a listener it would end the process, too.
  client.on("error", () => {});
  try {
    await client.connect();
    const moved = await moveAll(source, client, options);
    source.close();
    renameSync(file, join(folder, MOVED_FILE));
    return moved;
  } finally {
    if (source.isOpen) source.close();
    await client.end().catch(() => undefined);
    unlock();
  }
}

// A table of millions takes longer than any statement that serves.
const NO_LIMITS = { statement_timeout: 0, query_timeout: 0, idle_in_transaction_session_timeout: 0 };

interface Column {
  readonly name: string;
  readonly type: "text" | "bigint" | "bytea";
}

interface Table {
  readonly name: string;
  readonly columns: readonly Column[];
  readonly key: readonly string[];
}

async function moveAll(
  source: DatabaseSync,
  client: pg.Client,
  { onTable }: MoveOptions,
): Promise<readonly MovedTable[]> {
  const tables = tablesOf(source);
  await client.query("begin");
  // A server that starts on the target now waits, and then finds everything.
  await client.query(`lock table ${tables.map(({ name }) => quote(name)).join(", ")} in access exclusive mode`);
  const moved: MovedTable[] = [];
  for (const table of tables) {
    await refuseFilled(client, table);
    await copyRows(source, client, table);
    const rows = await compareRows(source, client, table);
    moved.push({ table: table.name, rows });
    onTable?.({ table: table.name, rows });
  }
  await client.query("commit");
  return moved;
}

/** Every table but the record of migrations, each after those that it refers to. */
function tablesOf(source: DatabaseSync): readonly Table[] {
  const names = source
    .prepare(
      "select name from sqlite_schema where type = 'table' and name not like 'sqlite_%' and name <> 'migrations'",
    )
    .all()
    .map(({ name }) => String(name));
  const sorted: string[] = [];
  const visit = (name: string): void => {
    if (sorted.includes(name)) return;
    for (const { table } of source.prepare(`pragma foreign_key_list(${quote(name)})`).all()) {
      if (table !== name) visit(String(table));
    }
    sorted.push(name);
  };
  for (const name of names.toSorted()) visit(name);
  return sorted.map((name) => describeTable(source, name));
}

const TYPES: Readonly<Record<string, Column["type"]>> = { TEXT: "text", INTEGER: "bigint", BLOB: "bytea" };

function describeTable(source: DatabaseSync, name: string): Table {
  const rows = source.prepare(`pragma table_info(${quote(name)})`).all();
  const columns = rows.map((row) => {
    const type = TYPES[String(row["type"]).toUpperCase()];
    if (type === undefined) throw new StoreError("unavailable", `${name}.${String(row["name"])} has an unknown type`);
    return { name: String(row["name"]), type };
  });
  const key = rows
    .filter((row) => Number(row["pk"]) > 0)
    .toSorted((a, b) => Number(a["pk"]) - Number(b["pk"]))
    .map((row) => String(row["name"]));
  return { name, columns, key };
}

async function refuseFilled(client: pg.Client, { name }: Table): Promise<void> {
  const { rowCount } = await client.query(`select 1 from ${quote(name)} limit 1`);
  if (rowCount === 0) return;
  throw new StoreError("conflict", `the target holds data already (table ${name}): name an empty database`);
}

/** Enough rows to be worth a round trip, few enough for their bodies to fit in memory. */
const BATCH_ROWS = 1_000;

async function copyRows(source: DatabaseSync, client: pg.Client, { name, columns }: Table): Promise<void> {
  const list = columns.map((column) => quote(column.name)).join(", ");
  const arrays = columns.map(({ type }, index) => `$${index + 1}::${type}[]`).join(", ");
  const insert = `insert into ${quote(name)} (${list}) select * from unnest(${arrays})`;
  const write = async (rows: readonly Row[]): Promise<void> => {
    if (rows.length > 0)
      await client.query(
        insert,
        columns.map((column) => rows.map((row) => toPostgres(row[column.name]))),
      );
  };
  let batch: Row[] = [];
  for (const row of source.prepare(`select ${list} from ${quote(name)}`).iterate()) {
    batch.push(row);
    if (batch.length < BATCH_ROWS) continue;
    await write(batch);
    batch = [];
  }
  await write(batch);
}

type Row = Record<string, SQLOutputValue>;

function toPostgres(value: SQLOutputValue | undefined): unknown {
  return value instanceof Uint8Array ? Buffer.from(value) : value;
}

/** Both sides in the order of the key, which is by bytes on both. @returns how many rows there are */
async function compareRows(source: DatabaseSync, client: pg.Client, { name, columns, key }: Table): Promise<number> {
  const list = columns.map((column) => quote(column.name)).join(", ");
  const select = `select ${list} from ${quote(name)} order by ${key.map(quote).join(", ")}`;
  const differs = (): StoreError => new StoreError("conflict", `table ${name} came back different: nothing was moved`);
  await client.query(`declare moved cursor for ${select}`);
  let count = 0;
  let rows: readonly Record<string, unknown>[] = [];
  for (const expected of source.prepare(select).iterate()) {
    const at = count % BATCH_ROWS;
    if (at === 0) ({ rows } = await client.query<Record<string, unknown>>(`fetch ${BATCH_ROWS} from moved`));
    const found = rows[at];
    if (found === undefined || columns.some((column) => !isSame(expected[column.name], found[column.name])))
      throw differs();
    count += 1;
  }
  const { rows: more } =
    count % BATCH_ROWS === 0 ? await client.query("fetch 1 from moved") : { rows: rows.slice(count % BATCH_ROWS) };
  if (more.length > 0) throw differs();
  await client.query("close moved");
  return count;
}

function isSame(expected: SQLOutputValue | undefined, found: unknown): boolean {
  if (!(expected instanceof Uint8Array)) return expected === found;
  return found instanceof Uint8Array && Buffer.compare(expected, found) === 0;
}

function quote(name: string): string {
  return `"${name}"`;
}
