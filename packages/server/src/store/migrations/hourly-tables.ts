import type { Migration } from "./migration.ts";
import { createTable } from "./table-builder.ts";

/** What came to pass in each hour, counted as it is written: a chart reads hours, not everything that happened in them. */
export const hourlyTables: Migration = {
  name: "0009-hourly",
  up: async (db, types) => {
    await createTable(db, types, {
      name: "hourly_outcomes",
      columns: { tenant_id: "text", hour_ms: "integer", outcome: "text", decided: "integer" },
      key: ["tenant_id", "hour_ms", "outcome"],
    });
    await createTable(db, types, {
      name: "hourly_deliveries",
      columns: {
        tenant_id: "text",
        hour_ms: "integer",
        endpoint_id: "text",
        attempts_delivered: "integer",
        attempts_failed: "integer",
        delivered: "integer",
        dead: "integer",
      },
      key: ["tenant_id", "hour_ms", "endpoint_id"],
    });
  },
};
