import type { Kysely } from "kysely";
import type { Tables } from "../queries/tables.ts";
import type { ColumnTypes } from "./column-types.ts";

/**
 * One step of the schema. It only adds (expand): two versions of the server may run on one schema while one gives way to
 * the other (F47); what nothing uses any more leaves in a later version. `fewer-indices.ts`, before the first release, is
 * the one exception, and says what it costs.
 */
export interface Migration {
  /** Recorded once applied; never changed, never reused. */
  readonly name: string;
  up(db: Kysely<Tables>, types: ColumnTypes): Promise<void>;
}
