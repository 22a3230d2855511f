import type { Migration } from "./migration.ts";
import { createTable } from "./table-builder.ts";

/** What is usual for a tenant, so that a silence longer than that is noticed. */
export const rhythmTable: Migration = {
  name: "0007-rhythms",
  up: async (db, types) => {
    await createTable(db, types, {
      name: "rhythms",
      columns: {
        tenant_id: "text",
        sequence: "integer",
        last_event_at_ms: "integer",
        longest: "text",
        seen: "integer",
        told: "integer",
      },
      key: ["tenant_id"],
      refers: [{ to: "tenants", by: ["tenant_id"] }],
    });
  },
};
