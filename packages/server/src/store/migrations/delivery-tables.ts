import { type Kysely, sql } from "kysely";
import type { Tables } from "../queries/tables.ts";
import type { ColumnTypes } from "./column-types.ts";
import { createTable } from "./table-builder.ts";

/** Events, endpoints, and what goes from the one to the other. */
export async function createDeliveryTables(db: Kysely<Tables>, types: ColumnTypes): Promise<void> {
  await createFeedTables(db, types);
  await createEndpointTables(db, types);
  await createDeliveryTable(db, types);
  await createAttemptTable(db, types);
  await createIndices(db);
}

async function createDeliveryTable(db: Kysely<Tables>, types: ColumnTypes): Promise<void> {
  await createTable(db, types, {
    name: "deliveries",
    columns: {
      tenant_id: "text",
      delivery_id: "text",
      event_id: "text",
      endpoint_id: "text",
      sequence: "integer",
      status: "text",
      reason: "text null",
      attempts: "integer",
      retries_done: "integer",
      crashes: "integer",
      due_at_ms: "integer null",
      fencing_token: "integer",
      test: "integer",
      created_at_ms: "integer",
      updated_at_ms: "integer",
    },
    key: ["tenant_id", "delivery_id"],
    // One delivery per event and endpoint (I1): the database holds it, whatever the code does.
    unique: [["tenant_id", "event_id", "endpoint_id"]],
    refers: [{ to: "events", by: ["tenant_id", "event_id"] }],
  });
}

async function createAttemptTable(db: Kysely<Tables>, types: ColumnTypes): Promise<void> {
  await createTable(db, types, {
    name: "delivery_attempts",
    columns: {
      tenant_id: "text",
      delivery_id: "text",
      number: "integer",
      started_at_ms: "integer",
      duration_ms: "integer",
      result: "text",
      reason: "text null",
      http_status: "integer null",
      reply_body: "bytes null",
      reply_content_type: "text null",
    },
    key: ["tenant_id", "delivery_id", "number"],
    refers: [{ to: "deliveries", by: ["tenant_id", "delivery_id"], cascade: true }],
  });
}

async function createFeedTables(db: Kysely<Tables>, types: ColumnTypes): Promise<void> {
  await createTable(db, types, {
    name: "feeds",
    columns: { tenant_id: "text", last_sequence: "integer" },
    key: ["tenant_id"],
    refers: [{ to: "tenants", by: ["tenant_id"] }],
  });
  await createTable(db, types, {
    name: "events",
    columns: {
      tenant_id: "text",
      event_id: "text",
      sequence: "integer",
      subject: "text null",
      outcome: "text null",
      authentication_id: "text null",
      body: "bytes null",
      test: "integer",
      created_at_ms: "integer",
    },
    key: ["tenant_id", "event_id"],
    unique: [["tenant_id", "sequence"]],
  });
}

async function createEndpointTables(db: Kysely<Tables>, types: ColumnTypes): Promise<void> {
  await createTable(db, types, {
    name: "endpoints",
    columns: {
      tenant_id: "text",
      endpoint_id: "text",
      url: "text",
      description: "text null",
      profile: "text",
      outcomes: "text null",
      sealed_headers: "bytes null",
      sealed_auth: "bytes null",
      disabled_reason: "text null",
      slowed_until_ms: "integer null",
      failing_since_ms: "integer null",
      consecutive_failures: "integer",
      created_at_ms: "integer",
    },
    key: ["tenant_id", "endpoint_id"],
    refers: [{ to: "tenants", by: ["tenant_id"] }],
  });
  await createTable(db, types, {
    name: "endpoint_secrets",
    columns: {
      tenant_id: "text",
      endpoint_id: "text",
      secret_id: "text",
      kind: "text",
      sealed: "bytes",
      public_key: "text null",
      created_at_ms: "integer",
      expires_at_ms: "integer null",
    },
    key: ["tenant_id", "endpoint_id", "secret_id"],
    refers: [{ to: "endpoints", by: ["tenant_id", "endpoint_id"], cascade: true }],
  });
}

async function createIndices(db: Kysely<Tables>): Promise<void> {
  await db.schema
    .createIndex("events_subject")
    .on("events")
    .columns(["tenant_id", "subject"])
    .where(sql.ref("subject"), "is not", null)
    .execute();
  // The lanes of a claim: from one endpoint that has something to the next, without reading what lies between.
  await db.schema
    .createIndex("deliveries_due")
    .on("deliveries")
    .columns(["tenant_id", "endpoint_id", "due_at_ms", "sequence"])
    .where(sql.ref("due_at_ms"), "is not", null)
    .execute();
  // Never longer than what is in flight at one time.
  await db.schema
    .createIndex("deliveries_in_flight")
    .on("deliveries")
    .columns(["tenant_id", "endpoint_id", "due_at_ms"])
    .where(sql.ref("status"), "=", sql.lit("inFlight"))
    .execute();
  for (const columns of [[], ["endpoint_id"], ["status"]] as const) {
    await db.schema
      .createIndex(["deliveries_list", ...columns].join("_"))
      .on("deliveries")
      .columns(["tenant_id", ...columns, "sequence", "delivery_id"])
      .execute();
  }
}
