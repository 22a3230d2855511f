import type { Expression, RawBuilder } from "kysely";

/** How a dialect spells the kinds of column that the tables use, what it says behind a table, and what it can change. */
export interface ColumnTypes {
  readonly text: Expression<unknown>;
  /** 64 bits: counts, milliseconds, 0 and 1. */
  readonly integer: Expression<unknown>;
  readonly bytes: Expression<unknown>;
  /** For example `strict`. */
  readonly tableEnd: RawBuilder<unknown>;
  /** Whether a constraint of a table that stands can be taken away or replaced, without making the table anew. */
  readonly dropsConstraints: boolean;
}
