import { sql } from "kysely";
import type { Migration } from "./migration.ts";
import { createTable } from "./table-builder.ts";

/** Replays; and events by their time, which is how a range of them is named. */
export const replayTables: Migration = {
  name: "0006-replays",
  up: async (db, types) => {
    await createTable(db, types, {
      name: "replays",
      columns: {
        tenant_id: "text",
        replay_id: "text",
        endpoint_id: "text",
        which: "text",
        since_ms: "integer",
        until_ms: "integer",
        per_second: "integer",
        status: "text",
        reason: "text null",
        cursor: "integer",
        last_sequence: "integer",
        total: "integer",
        looked: "integer",
        queued: "integer",
        due_at_ms: "integer null",
        created_at_ms: "integer",
        updated_at_ms: "integer",
        finished_at_ms: "integer null",
      },
      key: ["tenant_id", "replay_id"],
      refers: [{ to: "tenants", by: ["tenant_id"] }],
    });
    // Never longer than the replays that run.
    await db.schema
      .createIndex("replays_due")
      .on("replays")
      .columns(["due_at_ms"])
      .where(sql.ref("due_at_ms"), "is not", null)
      .execute();
    await db.schema
      .createIndex("events_created")
      .on("events")
      .columns(["tenant_id", "created_at_ms", "sequence"])
      .execute();
  },
};
