import type { Kysely } from "kysely";
import type { Tables } from "../queries/tables.ts";
import type { ColumnTypes } from "./column-types.ts";
import { createCustomerTables } from "./customer-tables.ts";
import { createDeliveryTables } from "./delivery-tables.ts";
import type { Migration } from "./migration.ts";
import { createTable } from "./table-builder.ts";

/** The tables of the first release. Every table has its tenant in the key; `meta` is about the store itself. */
export const firstTables: Migration = {
  name: "0001-first-tables",
  up: async (db, types) => {
    await createTable(db, types, { name: "meta", columns: { name: "text", value: "bytes" }, key: ["name"] });
    await createTenantTables(db, types);
    await createAuditTables(db, types);
    await createCustomerTables(db, types);
    await createDeliveryTables(db, types);
  },
};

async function createTenantTables(db: Kysely<Tables>, types: ColumnTypes): Promise<void> {
  await createTable(db, types, {
    name: "tenants",
    columns: { tenant_id: "text", name: "text", created_at_ms: "integer" },
    key: ["tenant_id"],
    unique: [["name"]],
  });
  await createTable(db, types, {
    name: "api_keys",
    columns: {
      tenant_id: "text",
      key_id: "text",
      name: "text",
      hash: "text",
      scopes: "text",
      created_at_ms: "integer",
      expires_at_ms: "integer null",
      revoked_at_ms: "integer null",
      last_used_at_ms: "integer null",
    },
    key: ["tenant_id", "key_id"],
    unique: [["hash"]],
    refers: [{ to: "tenants", by: ["tenant_id"] }],
  });
  await createTable(db, types, {
    name: "policies",
    columns: { tenant_id: "text", policy: "text", updated_at_ms: "integer" },
    key: ["tenant_id"],
    refers: [{ to: "tenants", by: ["tenant_id"] }],
  });
}

async function createAuditTables(db: Kysely<Tables>, types: ColumnTypes): Promise<void> {
  await createTable(db, types, {
    name: "audit_heads",
    columns: { tenant_id: "text", sequence: "integer", hash: "text" },
    key: ["tenant_id"],
  });
  await createTable(db, types, {
    name: "audit",
    columns: {
      tenant_id: "text",
      sequence: "integer",
      at_ms: "integer",
      actor: "text",
      action: "text",
      target: "text",
      details: "text",
      hash: "text",
    },
    key: ["tenant_id", "sequence"],
  });
}
