import { sql } from "kysely";
import type { Store } from "../store.ts";
import { appendAudit } from "./audit.ts";
import type { Backend, WriteView } from "./backend.ts";
import type { Tables } from "./tables.ts";

type Columns<Name extends keyof Tables> = readonly (keyof Tables[Name] & string)[];
interface SealedTable<Name extends keyof Tables> {
  readonly table: Name;
  readonly key: Columns<Name>;
  readonly columns: Columns<Name>;
  /** Rows of one batch, where a row may hold megabytes. */
  readonly most?: number;
}
const sealedTable = <Name extends keyof Tables>(one: SealedTable<Name>): SealedTable<Name> => one;

/** Every column that holds sealed records, in the order in which they are moved (F37). */
const SEALED_TABLES = [
  sealedTable({ table: "templates", key: ["tenant_id", "customer_id", "interview_id"], columns: ["sealed"] }),
  sealedTable({
    table: "endpoints",
    key: ["tenant_id", "endpoint_id"],
    columns: ["sealed_headers", "sealed_auth"],
  }),
  sealedTable({ table: "endpoint_secrets", key: ["tenant_id", "endpoint_id", "secret_id"], columns: ["sealed"] }),
  sealedTable({ table: "pictures", key: ["tenant_id", "authentication_id"], columns: ["sealed"], most: 8 }),
] as const;

/** Whose audit tells what was done to all tenants. */
const ROOT_TENANT = "default";
const CURSOR = "rewrap";

/** How far it is, as JSON in the row {@link CURSOR}. */
interface Cursor {
  /** Place in {@link SEALED_TABLES}. */
  readonly table: number;
  /** Key of the last row that was looked at; `null`: none of this table yet. */
  readonly after: readonly string[] | null;
  /** All is looked at once more after this time: something was moved, or somebody began anew. */
  readonly again: boolean;
  /** Records moved so far. */
  readonly records: number;
}

/** The part of the {@link Store} that moves sealed records to another master key. */
export function rewrapQueries({ write }: Backend): Pick<Store, "beginRewrap" | "advanceRewrap"> {
  return {
    beginRewrap: async ({ masterKeyCheck, previousKeyCheck, hashKeys }) => {
      await write(async (view) => {
        const cursor = await readCursor(view);
        const standing = await readMeta(view, "masterKeyCheck");
        const isChange = standing === null || !Buffer.from(standing).equals(masterKeyCheck);
        await putMeta(view, { masterKeyCheck, previousKeyCheck, hashKeys });
        // Goes on where it was; in the other direction, from the first row on.
        await putCursor(view, isChange || cursor === null ? START : { ...cursor, again: true });
        if (isChange) await audit(view, "masterKey.changed", {});
      });
    },
    advanceRewrap: async ({ masterKeyCheck, limit, rewrap }) =>
      await write(async (view) => {
        const cursor = await readCursor(view);
        const standing = await readMeta(view, "masterKeyCheck");
        // Another node changed to another key: what this one would move has to move back.
        if (cursor === null || standing === null || !Buffer.from(standing).equals(masterKeyCheck))
          return { kind: "none" };
        const next = await advance(view, cursor, { limit, rewrap });
        if (next !== null) {
          await putCursor(view, next);
          return { kind: "moved", records: next.records - cursor.records };
        }
        await view.db.deleteFrom("meta").where("name", "=", CURSOR).execute();
        await audit(view, "masterKey.rewrapped", { records: cursor.records });
        return { kind: "done" };
      }),
  };
}

const START: Cursor = { table: 0, after: null, again: true, records: 0 };

interface Batch {
  readonly limit: number;
  readonly rewrap: (sealed: Uint8Array) => Uint8Array | null;
}

/** @returns `null`: all was looked at, from the first row to the last, and nothing had to be moved */
async function advance(view: WriteView, cursor: Cursor, batch: Batch): Promise<Cursor | null> {
  const sealed = SEALED_TABLES[cursor.table];
  if (sealed === undefined) return cursor.again ? { ...START, again: false, records: cursor.records } : null;
  const limit = Math.min(batch.limit, sealed.most ?? batch.limit);
  const rows = await nextRows(view, { sealed, after: cursor.after, limit });
  let records = 0;
  for (const row of rows) {
    for (const column of sealed.columns) records += await moveOne(view, { sealed, row, column, batch });
  }
  const again = cursor.again || records > 0;
  const last = rows.at(-1);
  return rows.length < limit || last === undefined
    ? { table: cursor.table + 1, after: null, again, records: cursor.records + records }
    : { ...cursor, after: keyOf(last, sealed), again, records: cursor.records + records };
}

type AnySealed = (typeof SEALED_TABLES)[number];
type Row = Readonly<Record<string, string | Uint8Array | null>>;

async function nextRows(
  { db, locksRows }: WriteView,
  { sealed, after, limit }: { readonly sealed: AnySealed; readonly after: Cursor["after"]; readonly limit: number },
): Promise<readonly Row[]> {
  const key = sql.join(sealed.key.map((name) => sql.ref(name)));
  const columns = sql.join([...sealed.key, ...sealed.columns].map((name) => sql.ref(name)));
  const behind = after === null ? sql`` : sql`where (${key}) > (${sql.join(after)})`;
  // Whoever changes one of these rows meanwhile waits, and its change stands.
  const held = locksRows ? sql`for no key update` : sql``;
  const query = sql<Row>`select ${columns} from ${sql.table(sealed.table)} ${behind} order by ${key} limit ${limit} ${held}`;
  return (await query.execute(db)).rows;
}

/** @returns 1 where it was moved, else 0 */
async function moveOne(
  { db }: WriteView,
  one: { readonly sealed: AnySealed; readonly row: Row; readonly column: string; readonly batch: Batch },
): Promise<number> {
  const { sealed, row, column, batch } = one;
  const standing = row[column];
  if (!(standing instanceof Uint8Array)) return 0;
  const moved = batch.rewrap(standing);
  if (moved === null) return 0;
  const same = sql.join(
    sealed.key.map((name) => sql`${sql.ref(name)} = ${row[name]}`),
    sql` and `,
  );
  await sql`update ${sql.table(sealed.table)} set ${sql.ref(column)} = ${moved} where ${same}`.execute(db);
  return 1;
}

function keyOf(row: Row, { key }: AnySealed): readonly string[] {
  return key.map((name) => String(row[name]));
}

async function readMeta({ db }: WriteView, name: string): Promise<Uint8Array | null> {
  const row = await db.selectFrom("meta").select("value").where("name", "=", name).executeTakeFirst();
  return row?.value ?? null;
}

/** Takes the row till the commit: two nodes never do the same batch. */
async function readCursor({ db, locksRows }: WriteView): Promise<Cursor | null> {
  const row = await db
    .selectFrom("meta")
    .select("value")
    .where("name", "=", CURSOR)
    .$if(locksRows, (query) => query.forUpdate())
    .executeTakeFirst();
  // Written by putCursor alone.
  return row === undefined ? null : (JSON.parse(Buffer.from(row.value).toString()) as Cursor);
}

async function putCursor(view: WriteView, cursor: Cursor): Promise<void> {
  await putMeta(view, { [CURSOR]: Buffer.from(JSON.stringify(cursor)) });
}

async function putMeta({ db }: WriteView, rows: Readonly<Record<string, Uint8Array>>): Promise<void> {
  for (const [name, value] of Object.entries(rows)) {
    await db
      .insertInto("meta")
      .values({ name, value })
      .onConflict((on) => on.column("name").doUpdateSet({ value }))
      .execute();
  }
}

async function audit(view: WriteView, action: string, details: Readonly<Record<string, number>>): Promise<void> {
  await appendAudit(view, ROOT_TENANT, { actor: "system", action, target: "masterKey", details });
}
