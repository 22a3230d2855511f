import { type Kysely, sql } from "kysely";
import type { Tables } from "../queries/tables.ts";
import type { ColumnTypes } from "./column-types.ts";
import { createTable } from "./table-builder.ts";

/** Customers, what is known of them, and their attempts. */
export async function createCustomerTables(db: Kysely<Tables>, types: ColumnTypes): Promise<void> {
  await createTable(db, types, {
    name: "customers",
    columns: {
      tenant_id: "text",
      customer_id: "text",
      subject: "text",
      revision: "text",
      consent_reference: "text",
      consent_at_ms: "integer",
      created_at_ms: "integer",
      enrolled_at_ms: "integer",
    },
    key: ["tenant_id", "customer_id"],
    refers: [{ to: "tenants", by: ["tenant_id"] }],
  });
  await createTable(db, types, {
    name: "templates",
    columns: {
      tenant_id: "text",
      customer_id: "text",
      interview_id: "text",
      embedder_id: "text",
      sealed: "bytes",
      image_digest: "text",
      enrolled_at_ms: "integer",
    },
    key: ["tenant_id", "customer_id", "interview_id"],
    refers: [{ to: "customers", by: ["tenant_id", "customer_id"] }],
  });
  await createSubjectTables(db, types);
  await createAttemptTables(db, types);
}

async function createSubjectTables(db: Kysely<Tables>, types: ColumnTypes): Promise<void> {
  await createTable(db, types, {
    name: "blocks",
    columns: { tenant_id: "text", subject: "text", reason: "text null", blocked_at_ms: "integer" },
    key: ["tenant_id", "subject"],
  });
  await createTable(db, types, {
    name: "failure_counters",
    columns: {
      tenant_id: "text",
      scope: "text",
      subject: "text",
      consecutive_failures: "integer",
      last_failure_at_ms: "integer null",
    },
    key: ["tenant_id", "scope", "subject"],
  });
  await createTable(db, types, {
    name: "tombstones",
    columns: { tenant_id: "text", subject: "text", receipt_id: "text", erased_at_ms: "integer" },
    key: ["tenant_id", "subject"],
  });
}

async function createAttemptTables(db: Kysely<Tables>, types: ColumnTypes): Promise<void> {
  await createTable(db, types, {
    name: "idempotency",
    columns: {
      tenant_id: "text",
      key_hash: "text",
      request_hash: "text",
      subject: "text",
      lease_until_ms: "integer",
      status: "integer null",
      body: "bytes null",
      created_at_ms: "integer",
    },
    key: ["tenant_id", "key_hash"],
  });
  await createTable(db, types, {
    name: "authentications",
    columns: {
      tenant_id: "text",
      authentication_id: "text",
      customer_id: "text",
      outcome: "text",
      failure: "text null",
      reason: "text null",
      transaction_id: "text null",
      interview_id: "text null",
      event_id: "text",
      details: "text",
      sequence: "integer",
      created_at_ms: "integer",
    },
    key: ["tenant_id", "authentication_id"],
    unique: [["tenant_id", "sequence"]],
  });
  await createIndices(db);
}

async function createIndices(db: Kysely<Tables>): Promise<void> {
  const indices = [
    { name: "idempotency_subject", table: "idempotency", columns: ["tenant_id", "subject"] },
    { name: "authentications_customer", table: "authentications", columns: ["tenant_id", "customer_id", "sequence"] },
    { name: "authentications_outcome", table: "authentications", columns: ["tenant_id", "outcome", "sequence"] },
  ] as const;
  for (const { name, table, columns } of indices) {
    await db.schema
      .createIndex(name)
      .on(table)
      .columns([...columns])
      .execute();
  }
  await db.schema
    .createIndex("authentications_transaction")
    .on("authentications")
    .columns(["tenant_id", "transaction_id"])
    .where(sql.ref("transaction_id"), "is not", null)
    .execute();
}
