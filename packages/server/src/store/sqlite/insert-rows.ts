import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";
import type { Kysely } from "kysely";
import type { InsertRows } from "../queries/backend.ts";
import type { Tables } from "../queries/tables.ts";

/**
 * Row by row with one statement that stays prepared. A statement for all of them would be another for each number of
 * rows, and to build and parse it costs more than to run this one for each.
 */
export function createInsertRows(database: DatabaseSync, db: Kysely<Tables>): InsertRows {
  const statements = new Map<string, StatementSync>();
  return async (table, rows) => {
    const [first] = rows;
    if (first === undefined) return;
    const columns = Object.keys(first);
    const key = [table, ...columns].join();
    const known = statements.get(key);
    const statement =
      known ??
      database.prepare(
        db
          .insertInto(table)
          .values(first as never)
          .compile().sql,
      );
    statements.set(key, statement);
    // The driver itself refuses what SQLite does not know.
    for (const row of rows as readonly Readonly<Record<string, SQLInputValue>>[]) {
      statement.run(...columns.map((column) => row[column] as SQLInputValue));
    }
    await Promise.resolve();
  };
}
