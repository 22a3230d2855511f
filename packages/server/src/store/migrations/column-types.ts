import type { Expression, RawBuilder } from "kysely";

/** How a dialect spells the four kinds of column that the tables use, and what it says behind a table. */
export interface ColumnTypes {
  readonly text: Expression<unknown>;
  /** 64 bits: counts, milliseconds, 0 and 1. */
  readonly integer: Expression<unknown>;
  readonly bytes: Expression<unknown>;
  /** For example `strict`. */
  readonly tableEnd: RawBuilder<unknown>;
}
