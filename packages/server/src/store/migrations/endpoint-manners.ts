import type { Migration } from "./migration.ts";
import { addColumns } from "./table-builder.ts";

/** What an endpoint is spared, how it is signed in to, and whether its owner has to be proved. */
export const endpointManners: Migration = {
  name: "0002-endpoint-manners",
  up: async (db, types) => {
    await addColumns(db, types, {
      to: "endpoints",
      columns: {
        rate_limit: "integer null",
        rate_free_at_us: "integer null",
        ramp: "integer null",
        auth_kind: "text null",
        unverified_since_ms: "integer null",
      },
    });
    // Public keys are read by the endpoint's id alone: who verifies a signature has no key of ours.
    await db.schema.createIndex("endpoint_secrets_endpoint").on("endpoint_secrets").columns(["endpoint_id"]).execute();
  },
};
