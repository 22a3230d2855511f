import { auditHash, canonicalDetails } from "../audit-hash.ts";
import type { AuditEntry, AuditedRow } from "../records.ts";
import type { Store } from "../store.ts";
import type { Backend, WriteView } from "./backend.ts";
import { encodeCursor, sequenceCursor } from "./cursor.ts";
import type { AuditRow } from "./tables.ts";
import { toPage } from "./to-page.ts";

/** Appends to the tenant's chain, in the transaction of what is audited. */
export async function appendAudit(view: WriteView, tenantId: string, entry: AuditEntry): Promise<void> {
  // Counting first locks the head where several processes write, and answers the hash before this row.
  const head = await view.db
    .insertInto("audit_heads")
    .values({ tenant_id: tenantId, sequence: 1, hash: "" })
    .onConflict((on) =>
      on.column("tenant_id").doUpdateSet((set) => ({ sequence: set("audit_heads.sequence", "+", 1) })),
    )
    .returning(["sequence", "hash"])
    .executeTakeFirstOrThrow();
  const row = {
    tenant_id: tenantId,
    sequence: head.sequence,
    at_ms: view.nowMs,
    actor: entry.actor,
    action: entry.action,
    target: entry.target,
    details: canonicalDetails(entry.details),
  };
  const hash = auditHash(head.hash, toRow({ ...row, hash: "" }));
  await view.db
    .insertInto("audit")
    .values({ ...row, hash })
    .execute();
  await view.db.updateTable("audit_heads").set({ hash }).where("tenant_id", "=", tenantId).execute();
}

/** The part of the {@link Store} about the audit. */
export function auditQueries({ read, write }: Backend): Pick<Store, "listAudit" | "recordAudit"> {
  return {
    recordAudit: async ({ tenantId, audit }) => {
      await write(async (view) => {
        await appendAudit(view, tenantId, audit);
      });
    },
    listAudit: async ({ tenantId, after, limit }) =>
      await read(async ({ db }) => {
        const rows = await db
          .selectFrom("audit")
          .selectAll()
          .where("tenant_id", "=", tenantId)
          .where("sequence", ">", sequenceCursor("audit", after) ?? 0)
          .orderBy("sequence")
          .limit(limit + 1)
          .execute();
        const head = await db
          .selectFrom("audit_heads")
          .select(["sequence", "hash"])
          .where("tenant_id", "=", tenantId)
          .executeTakeFirst();
        const page = toPage(rows, { limit, itemOf: toRow, cursorOf: (row) => encodeCursor("audit", [row.sequence]) });
        return { ...page, head: head ?? null };
      }),
  };
}

function toRow(row: AuditRow): AuditedRow {
  return {
    tenantId: row.tenant_id,
    sequence: row.sequence,
    atMs: row.at_ms,
    actor: row.actor,
    action: row.action,
    target: row.target,
    // Written by canonicalDetails alone.
    details: JSON.parse(row.details) as AuditEntry["details"],
    hash: row.hash,
  };
}
