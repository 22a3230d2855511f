import type { Tenant } from "../records.ts";
import type { Store } from "../store.ts";
import { appendAudit } from "./audit.ts";
import type { Backend } from "./backend.ts";
import { encodeCursor, idCursor } from "./cursor.ts";
import type { Tables } from "./tables.ts";
import { toPage } from "./to-page.ts";

/** The part of the {@link Store} about tenants. */
export function tenantQueries({ read, write }: Backend): Pick<Store, "createTenant" | "listTenants"> {
  return {
    createTenant: async ({ tenantId, name, audit }) =>
      await write(async (view) => {
        const row = { tenant_id: tenantId, name, created_at_ms: view.nowMs };
        const made = await view.db
          .insertInto("tenants")
          .values(row)
          .onConflict((on) => on.column("name").doNothing())
          .returning("tenant_id")
          .executeTakeFirst();
        if (made === undefined) return { kind: "nameTaken" };
        await appendAudit(view, tenantId, audit);
        return toTenant(row);
      }),
    listTenants: async ({ after, limit }) =>
      await read(async ({ db }) => {
        const rows = await db
          .selectFrom("tenants")
          .selectAll()
          .where("tenant_id", ">", idCursor("tenants", after) ?? "")
          .orderBy("tenant_id")
          .limit(limit + 1)
          .execute();
        return toPage(rows, { limit, itemOf: toTenant, cursorOf: (row) => encodeCursor("tenants", [row.tenant_id]) });
      }),
  };
}

function toTenant(row: Tables["tenants"]): Tenant {
  return { tenantId: row.tenant_id, name: row.name, createdAtMs: row.created_at_ms };
}
