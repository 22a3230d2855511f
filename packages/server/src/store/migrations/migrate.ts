import type { Kysely } from "kysely";
import type { Tables } from "../queries/tables.ts";
import type { AtMs } from "../records.ts";
import { StoreError } from "../store-error.ts";
import { captureSessions } from "./capture-sessions.ts";
import type { ColumnTypes } from "./column-types.ts";
import { endpointManners } from "./endpoint-manners.ts";
import { eventTrace } from "./event-trace.ts";
import { fewerIndices } from "./fewer-indices.ts";
import { firstTables } from "./first-tables.ts";
import { hourlyTables } from "./hourly-tables.ts";
import { keptPictures } from "./kept-pictures.ts";
import { lastContact } from "./last-contact.ts";
import { leaseHolder } from "./lease-holder.ts";
import { lockouts } from "./lockouts.ts";
import type { Migration } from "./migration.ts";
import { operatorEvents } from "./operator-events.ts";
import { orderedEndpoints } from "./ordered-endpoints.ts";
import { replayTables } from "./replay-tables.ts";
import { retention } from "./retention.ts";
import { rhythmTable } from "./rhythm-table.ts";
import { seenPictures } from "./seen-pictures.ts";
import { sessionTable } from "./session-table.ts";
import { streamTables } from "./stream-tables.ts";

/** In the order in which they are applied; only ever added to. */
export const MIGRATIONS: readonly Migration[] = [
  firstTables,
  endpointManners,
  streamTables,
  operatorEvents,
  lockouts,
  replayTables,
  rhythmTable,
  retention,
  hourlyTables,
  sessionTable,
  captureSessions,
  seenPictures,
  lastContact,
  eventTrace,
  keptPictures,
  orderedEndpoints,
  leaseHolder,
  fewerIndices,
];

/**
 * Brings the schema up to date, each step in a transaction of its own, with its record. Steps of a newer version that
 * this one does not know are left alone.
 * @param options.inTransaction begins, runs and commits, or undoes everything, the change of tables included
 * @throws {StoreError} `migrationFailed`, naming the step
 */
export async function migrate(
  db: Kysely<Tables>,
  options: {
    readonly types: ColumnTypes;
    readonly nowMs: () => AtMs;
    readonly inTransaction: (work: () => Promise<void>) => Promise<void>;
    readonly migrations?: readonly Migration[];
  },
): Promise<void> {
  const { types, nowMs, inTransaction } = options;
  await db.schema
    .createTable("migrations")
    .ifNotExists()
    .addColumn("name", types.text, (made) => made.notNull().primaryKey())
    .addColumn("applied_at_ms", types.integer, (made) => made.notNull())
    .modifyEnd(types.tableEnd)
    .execute();
  for (const migration of options.migrations ?? MIGRATIONS) {
    try {
      await inTransaction(async () => {
        const known = await db
          .selectFrom("migrations")
          .select("name")
          .where("name", "=", migration.name)
          .executeTakeFirst();
        if (known !== undefined) return;
        await migration.up(db, types);
        await db.insertInto("migrations").values({ name: migration.name, applied_at_ms: nowMs() }).execute();
      });
    } catch (cause) {
      throw new StoreError("migrationFailed", `the schema could not be brought to ${migration.name}`, { cause });
    }
  }
}
