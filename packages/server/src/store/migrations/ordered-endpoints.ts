import { sql } from "kysely";
import type { Migration } from "./migration.ts";
import { addColumns } from "./table-builder.ts";

/** Endpoints that get what concerns one customer in order, and what is looked up to know whether its turn has come. */
export const orderedEndpoints: Migration = {
  name: "0016-ordered-endpoints",
  up: async (db, types) => {
    await addColumns(db, types, { to: "endpoints", columns: { ordered: "integer null" } });
    await addColumns(db, types, { to: "deliveries", columns: { ordered_by: "text null" } });
    // Never longer than what ordered endpoints still wait for.
    await db.schema
      .createIndex("deliveries_ordered")
      .on("deliveries")
      .columns(["tenant_id", "endpoint_id", "ordered_by", "sequence"])
      .where(sql<boolean>`ordered_by is not null and status in ('pending', 'failing', 'inFlight')`)
      .execute();
  },
};
