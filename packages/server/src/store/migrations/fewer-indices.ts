import { type Kysely, sql } from "kysely";
import type { Tables } from "../queries/tables.ts";
import type { Migration } from "./migration.ts";

/**
 * Every lease and every result writes an entry into nearly each index of `deliveries`: what none needs beside the others
 * goes. It takes away, before the first release: while an older node works beside it, that one lists and erases more slowly,
 * and its replays fail on the constraint that they name, until it has gone.
 */
export const fewerIndices: Migration = {
  name: "0018-fewer-indices",
  up: async (db, types) => {
    if (types.dropsConstraints) await replaceConstraints(db);
    for (const name of ["deliveries_list", "deliveries_list_status"]) await db.schema.dropIndex(name).execute();
    // One delivery per event and endpoint (I1), by the event's place: the lists and the sweep go by it, too.
    await db.schema
      .createIndex("deliveries_feed")
      .unique()
      .on("deliveries")
      .columns(["tenant_id", "sequence", "endpoint_id"])
      .execute();
    // A lease writes nothing here; what is in flight has an index of its own.
    await db.schema
      .createIndex("deliveries_status")
      .on("deliveries")
      .columns(["tenant_id", "status", "sequence", "endpoint_id"])
      .where(sql.ref("status"), "<>", sql.lit("inFlight"))
      .execute();
  },
};

/** An event is looked up by its place, which has its index already; an attempt is written with its delivery's row only. */
async function replaceConstraints(db: Kysely<Tables>): Promise<void> {
  // As a decision does, the tenants first and then all that is changed: who is at work ends, and none is met in a circle.
  await sql`lock table feeds in exclusive mode`.execute(db);
  await sql`lock table deliveries, events, delivery_attempts in access exclusive mode`.execute(db);
  const deliveries = db.schema.alterTable("deliveries");
  await deliveries.dropConstraint("deliveries_events").execute();
  await deliveries.dropConstraint("deliveries_tenant_id_event_id_endpoint_id_unique").execute();
  await db.schema.alterTable("delivery_attempts").dropConstraint("delivery_attempts_deliveries").execute();
  const place = ["tenant_id", "sequence"];
  await deliveries.addForeignKeyConstraint("deliveries_events", place, "events", place).execute();
  // In the table's schema, whoever's search path it is; each by its key, as the constraint did: a hash reads the whole log.
  await sql`
    create or replace function delete_attempts() returns trigger language plpgsql
    set enable_hashjoin = off set enable_mergejoin = off as $$
    begin
      execute format('delete from %I.delivery_attempts a using gone
        where a.tenant_id = gone.tenant_id and a.delivery_id = gone.delivery_id', tg_table_schema);
      return null;
    end $$`.execute(db);
  await sql`
    create trigger deliveries_attempts after delete on deliveries referencing old table as gone
    for each statement execute function delete_attempts()`.execute(db);
}
