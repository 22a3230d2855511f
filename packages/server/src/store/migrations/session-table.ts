import type { Migration } from "./migration.ts";
import { createTable } from "./table-builder.ts";

/** People at the dashboard: of a session's token, only the hash. */
export const sessionTable: Migration = {
  name: "0010-sessions",
  up: async (db, types) => {
    await createTable(db, types, {
      name: "sessions",
      columns: {
        tenant_id: "text",
        session_hash: "text",
        key_id: "text",
        created_at_ms: "integer",
        seen_at_ms: "integer",
        expires_at_ms: "integer",
      },
      key: ["tenant_id", "session_hash"],
      unique: [["session_hash"]],
      // Not to its key: one that is set back to an earlier text stands under another id.
      refers: [{ to: "tenants", by: ["tenant_id"] }],
    });
  },
};
