import type { CreateTableBuilder, Expression, Kysely } from "kysely";
import type { AddedColumns, Tables } from "../queries/tables.ts";
import type { ColumnTypes } from "./column-types.ts";

/** A column: its kind, and `null` behind it where it may be empty. */
export type ColumnKind = "text" | "integer" | "bytes" | "text null" | "integer null" | "bytes null";

type FirstColumns<Name extends keyof Tables> = Exclude<
  keyof Tables[Name] & string,
  Name extends keyof AddedColumns ? AddedColumns[Name] : never
>;

/** A table with its tenant in the key. */
export interface TableShape<Name extends keyof Tables> {
  readonly columns: Readonly<Record<FirstColumns<Name>, ColumnKind>>;
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

/** Adds columns to a table that stands; they may be empty, since an older version goes on writing rows (F47). */
export async function addColumns<Name extends keyof AddedColumns, Column extends AddedColumns[Name]>(
  db: Kysely<Tables>,
  types: ColumnTypes,
  added: {
    readonly to: Name;
    readonly columns: Readonly<Record<Column, Extract<ColumnKind, `${string} null`>>>;
  },
): Promise<void> {
  for (const [column, kind] of Object.entries<ColumnKind>(added.columns)) {
    await db.schema.alterTable(added.to).addColumn(column, typeOf(kind, types)).execute();
  }
}

function typeOf(kind: ColumnKind, types: ColumnTypes): Expression<unknown> {
  if (kind.startsWith("text")) return types.text;
  return kind.startsWith("integer") ? types.integer : types.bytes;
}
