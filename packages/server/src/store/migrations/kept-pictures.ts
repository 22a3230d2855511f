import type { Migration } from "./migration.ts";
import { createTable } from "./table-builder.ts";

/** Pictures of attempts where a policy keeps them, and bounds on what a tenant may have. */
export const keptPictures: Migration = {
  name: "0015-kept-pictures",
  up: async (db, types) => {
    await createTable(db, types, {
      name: "pictures",
      columns: {
        tenant_id: "text",
        authentication_id: "text",
        customer_id: "text",
        size: "integer",
        format: "text",
        orientation: "integer",
        created_at_ms: "integer",
        kept_until_ms: "integer",
        // Last, so that a look at the others does not read through it.
        sealed: "bytes",
      },
      key: ["tenant_id", "authentication_id"],
    });
    await db.schema.createIndex("pictures_kept").on("pictures").columns(["tenant_id", "kept_until_ms"]).execute();
    await db.schema.createIndex("pictures_customer").on("pictures").columns(["tenant_id", "customer_id"]).execute();
    // The sum of a tenant is read from it alone.
    await db.schema.createIndex("pictures_size").on("pictures").columns(["tenant_id", "size"]).execute();
    await createTable(db, types, {
      name: "quotas",
      columns: { tenant_id: "text", resource: "text", most: "integer" },
      key: ["tenant_id", "resource"],
    });
  },
};
