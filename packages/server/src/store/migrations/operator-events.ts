import { sql } from "kysely";
import type { Migration } from "./migration.ts";
import { addColumns } from "./table-builder.ts";

/** Operator events: rows of the feed with a type of their own, and endpoints that receive them alone. */
export const operatorEvents: Migration = {
  name: "0004-operator-events",
  up: async (db, types) => {
    await addColumns(db, types, { to: "events", columns: { operator_type: "text null" } });
    const columns = { operator: "integer null", failing_told_at_ms: "integer null" } as const;
    await addColumns(db, types, { to: "endpoints", columns });
    await db.schema
      .createIndex("events_operator")
      .on("events")
      .columns(["tenant_id", "sequence"])
      .where(sql.ref("operator_type"), "is not", null)
      .execute();
  },
};
