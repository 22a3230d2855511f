import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";
import { Kysely, type LimitNode, type RawBuilder, SqliteDialect, SqliteQueryCompiler, sql } from "kysely";
import type { Tables } from "../queries/tables.ts";

/** Statements kept prepared; the store has far fewer, but lists of ids come in many lengths. */
const CACHED_STATEMENTS = 400;

type DialectDatabase = Extract<ConstructorParameters<typeof SqliteDialect>[0]["database"], { close(): void }>;
type DialectStatement = ReturnType<DialectDatabase["prepare"]>;

/** Kysely over one `node:sqlite` connection, with its statements kept prepared. */
export function kyselyOver(database: DatabaseSync): Kysely<Tables> {
  const statements = new Map<string, DialectStatement>();
  const prepare = (text: string): DialectStatement => {
    const known = statements.get(text);
    if (known !== undefined) {
      // Put last again: the first of the map is the one that was not used for the longest time.
      statements.delete(text);
      statements.set(text, known);
      return known;
    }
    const statement = toDialectStatement(database.prepare(text));
    statements.set(text, statement);
    const [oldest] = statements.keys();
    if (statements.size > CACHED_STATEMENTS && oldest !== undefined) statements.delete(oldest);
    return statement;
  };
  const close = (): void => {
    database.close();
  };
  const dialect = new SqliteDialect({ database: { prepare, close } });
  return new Kysely<Tables>({
    dialect: {
      createAdapter: () => dialect.createAdapter(),
      createDriver: () => dialect.createDriver(),
      createIntrospector: (db) => dialect.createIntrospector(db),
      createQueryCompiler: () => new StandingLimits(),
    },
  });
}

// SQLite plans a statement anew whenever a bare parameter behind LIMIT is bound: its value goes into the plan. That costs
// more than most statements do (measured: 128 µs for a claim that takes 2 µs); behind a sum it does not look.
const UNSEEN = "limit 0 + ";

/** `limit`, in SQL that is written by hand: prepared once, whatever the number is. */
export function limitTo(rows: number): RawBuilder<unknown> {
  return sql`${sql.raw(UNSEEN)}${rows}`;
}

/** Writes every limit as {@link limitTo} does. */
class StandingLimits extends SqliteQueryCompiler {
  protected override visitLimit(node: LimitNode): void {
    this.append(UNSEEN);
    this.visitNode(node.limit);
  }
}

// Kysely's dialect is written for another driver; these are the members of it that it uses.
function toDialectStatement(statement: StatementSync): DialectStatement {
  return {
    reader: statement.columns().length > 0,
    all: (parameters) => statement.all(...values(parameters)),
    run: (parameters) => statement.run(...values(parameters)),
    iterate: (parameters) => statement.iterate(...values(parameters)),
  };
}

// Kysely types parameters as unknown; the driver itself refuses what SQLite does not know (undefined, booleans, objects).
function values(parameters: readonly unknown[]): SQLInputValue[] {
  return parameters as SQLInputValue[];
}
