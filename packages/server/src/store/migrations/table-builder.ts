import type { CreateTableBuilder, Expression, Kysely } from "kysely";
import type { Tables } from "../queries/tables.ts";
import type { ColumnTypes } from "./column-types.ts";

/** A column: its kind, and `null` behind it where it may be empty. */
export type ColumnKind = "text" | "integer" | "bytes" | "text null" | "integer null" | "bytes null";

/** A table with its tenant in the key. */
export interface TableShape<Name extends keyof Tables> {
  readonly columns: Readonly<Record<keyof Tables[Name] & string, ColumnKind>>;
  readonly key: readonly (keyof Tables[Name] & string)[];
  /** Sets of columns that identify a row too. */
  readonly unique?: readonly (readonly (keyof Tables[Name] & string)[])[];
  /** Tables whose row must stand; the columns have the same names there. `cascade`: goes with it. */
  readonly refers?: readonly {
    readonly to: keyof Tables;
    readonly by: readonly (keyof Tables[Name] & string)[];
    readonly cascade?: boolean;
  }[];
}

/** Creates a table in the words of the dialect; a column of `Tables` that is missing here does not compile. */
export async function createTable<Name extends keyof Tables>(
  db: Kysely<Tables>,
  types: ColumnTypes,
  table: TableShape<Name> & { readonly name: Name },
): Promise<void> {
  let builder: CreateTableBuilder<string, string> = db.schema.createTable(table.name);
  for (const [column, kind] of Object.entries<ColumnKind>(table.columns)) {
    builder = builder.addColumn(column, typeOf(kind, types), (made) =>
      kind.endsWith(" null") ? made : made.notNull(),
    );
  }
  builder = builder.addPrimaryKeyConstraint(`${table.name}_key`, [...table.key]);
  for (const columns of table.unique ?? []) {
    builder = builder.addUniqueConstraint(`${table.name}_${columns.join("_")}_unique`, [...columns]);
  }
  for (const reference of table.refers ?? []) {
    const columns = [...reference.by];
    builder = builder.addForeignKeyConstraint(
      `${table.name}_${reference.to}`,
      columns,
      reference.to,
      columns,
      (constraint) => (reference.cascade === true ? constraint.onDelete("cascade") : constraint),
    );
  }
  await builder.modifyEnd(types.tableEnd).execute();
}

function typeOf(kind: ColumnKind, types: ColumnTypes): Expression<unknown> {
  if (kind.startsWith("text")) return types.text;
  return kind.startsWith("integer") ? types.integer : types.bytes;
}
