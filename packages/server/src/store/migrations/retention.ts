import type { Migration } from "./migration.ts";

/** Finds the oldest answers of repeated requests, which alone have no place in the feed. */
export const retention: Migration = {
  name: "0008-retention",
  up: async (db) => {
    await db.schema
      .createIndex("idempotency_age")
      .on("idempotency")
      .columns(["tenant_id", "created_at_ms", "key_hash"])
      .execute();
  },
};
