import { type Kysely, sql } from "kysely";
import type { InsertRows } from "../queries/backend.ts";
import type { Tables } from "../queries/tables.ts";

/** Rows as one parameter: a list of values is built, parsed and planned anew for each number of them. */
export function createInsertRows(db: Kysely<Tables>): InsertRows {
  return async (table, rows) => {
    const [first] = rows;
    if (first === undefined) return;
    const columns = sql.join(Object.keys(first).map((column) => sql.ref(column)));
    await sql`
      insert into ${sql.table(table)} (${columns})
      select ${columns} from json_populate_recordset(null::${sql.table(table)}, ${JSON.stringify(rows, asWritten)}::json)
    `.execute(db);
  };
}

const HALF_PAIR = /\p{Surrogate}/gu;

/** Bytes as the database writes them, and text that it can read: half a surrogate pair is none. */
function asWritten(this: unknown, key: string, value: unknown): unknown {
  // A buffer has become an object by the time it is handed over as the value.
  const raw = (this as Readonly<Record<string, unknown>>)[key];
  if (raw instanceof Uint8Array) return `\\x${Buffer.from(raw).toString("hex")}`;
  return typeof value === "string" ? value.replaceAll(HALF_PAIR, "\ufffd") : value;
}
