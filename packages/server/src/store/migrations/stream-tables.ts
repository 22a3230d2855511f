import { sql } from "kysely";
import type { Migration } from "./migration.ts";
import { createTable } from "./table-builder.ts";

/** Streams: endpoints whose deliveries a listener asks for. What waits for one is found without reading what went. */
export const streamTables: Migration = {
  name: "0003-streams",
  up: async (db, types) => {
    await createTable(db, types, {
      name: "streams",
      columns: { tenant_id: "text", endpoint_id: "text", name: "text", session: "text", seen_at_ms: "integer" },
      key: ["tenant_id", "endpoint_id"],
      unique: [["tenant_id", "name"]],
      refers: [{ to: "endpoints", by: ["tenant_id", "endpoint_id"], cascade: true }],
    });
    await db.schema
      .createIndex("deliveries_held")
      .on("deliveries")
      .columns(["tenant_id", "endpoint_id", "sequence"])
      .where(sql.ref("status"), "=", sql.lit("held"))
      .execute();
  },
};
