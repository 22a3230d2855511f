import { createHash } from "node:crypto";
import type { AuditEntry } from "../records.ts";
import type { Store } from "../store.ts";
import type { Backend, WriteView } from "./backend.ts";
import { encodeCursor, sequenceCursor } from "./cursor.ts";
import type { AuditRow } from "./tables.ts";
import { toPage } from "./to-page.ts";

/**
 * Hash of an audit row, hex: SHA-256 over the hash before it and the row, so that an edited or missing row breaks every
 * later one (S35).
 * @param previousHash hex; empty for the first row of a tenant
 */
export function auditHash(previousHash: string, row: Omit<AuditRow, "hash">): string {
  const canonical = JSON.stringify([
    row.tenant_id,
    row.sequence,
    row.at_ms,
    row.actor,
    row.action,
    row.target,
    row.details,
  ]);
  return createHash("sha256").update(`${previousHash}\n${canonical}`).digest("hex");
}

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
  const hash = auditHash(head.hash, row);
  await view.db
    .insertInto("audit")
    .values({ ...row, hash })
    .execute();
  await view.db.updateTable("audit_heads").set({ hash }).where("tenant_id", "=", tenantId).execute();
}

/** The part of the {@link Store} about the audit. */
export function auditQueries({ read }: Backend): Pick<Store, "listAudit"> {
  return {
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
        return toPage(rows, { limit, itemOf: toEntry, cursorOf: (row) => encodeCursor("audit", [row.sequence]) });
      }),
  };
}

function toEntry(row: AuditRow): AuditEntry & { sequence: number; atMs: number; hash: string } {
  return {
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

function canonicalDetails(details: AuditEntry["details"]): string {
  const entries = Object.entries(details).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify(Object.fromEntries(entries));
}
