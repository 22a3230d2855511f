import { sql } from "kysely";
import type { Migration } from "./migration.ts";
import { createTable } from "./table-builder.ts";

/** Captures: who is asked before a camera, and what came of it. Those that still run are found by their end. */
export const captureSessions: Migration = {
  name: "0011-captures",
  up: async (db, types) => {
    await createTable(db, types, {
      name: "capture_sessions",
      columns: {
        tenant_id: "text",
        session_id: "text",
        customer_id: "text",
        subject: "text",
        purpose: "text",
        status: "text",
        reason: "text null",
        secret_hash: "text",
        cookie_hash: "text null",
        return_url: "text null",
        consent_reference: "text null",
        consent_text: "text null",
        agreed_at_ms: "integer null",
        tries: "integer",
        problem: "text null",
        authentication_id: "text null",
        interview_id: "text null",
        created_at_ms: "integer",
        opened_at_ms: "integer null",
        expires_at_ms: "integer",
        ended_at_ms: "integer null",
      },
      key: ["tenant_id", "session_id"],
      unique: [["session_id"]],
    });
    const running = db.schema.createIndex("capture_sessions_running").on("capture_sessions").column("expires_at_ms");
    await running.where(sql.ref("ended_at_ms"), "is", sql.lit(null)).execute();
    const named = db.schema.createIndex("capture_sessions_customer").on("capture_sessions");
    await named.columns(["tenant_id", "customer_id"]).execute();
  },
};
