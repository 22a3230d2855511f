import type { Session, SessionStore } from "../session-store.ts";
import { appendAudit } from "./audit.ts";
import type { Backend } from "./backend.ts";
import { toKey } from "./keys.ts";
import type { SessionRow } from "./tables.ts";

/** The part of the store about sessions. */
export function sessionQueries(backend: Backend): SessionStore {
  const { read, write } = backend;
  return {
    createSession: async ({ tenantId, hash, keyId, lifetimeMs, audit }) =>
      await write(async (view) => {
        const { db, nowMs } = view;
        const row: SessionRow = {
          tenant_id: tenantId,
          session_hash: hash,
          key_id: keyId,
          created_at_ms: nowMs,
          seen_at_ms: nowMs,
          expires_at_ms: nowMs + lifetimeMs,
        };
        await db.deleteFrom("sessions").where("tenant_id", "=", tenantId).where("expires_at_ms", "<=", nowMs).execute();
        await db.insertInto("sessions").values(row).execute();
        await appendAudit(view, tenantId, audit);
        return toSession(row);
      }),
    findSession: async (hash) =>
      await read(async ({ db }) => {
        const row = await db.selectFrom("sessions").selectAll().where("session_hash", "=", hash).executeTakeFirst();
        if (row === undefined) return null;
        const key = await db
          .selectFrom("api_keys")
          .selectAll()
          .where("tenant_id", "=", row.tenant_id)
          .where("key_id", "=", row.key_id)
          .executeTakeFirst();
        return key === undefined ? null : { session: toSession(row), key: toKey(key) };
      }),
    ...changeQueries(backend),
  };
}

function changeQueries({ write }: Backend): Pick<SessionStore, "touchSession" | "endSession"> {
  return {
    touchSession: async ({ tenantId, hash }) => {
      await write(async ({ db, nowMs }) => {
        await db
          .updateTable("sessions")
          .set({ seen_at_ms: nowMs })
          .where("tenant_id", "=", tenantId)
          .where("session_hash", "=", hash)
          .execute();
      });
    },
    endSession: async ({ tenantId, hash, audit }) =>
      await write(async (view) => {
        const ended = await view.db
          .deleteFrom("sessions")
          .where("tenant_id", "=", tenantId)
          .where("session_hash", "=", hash)
          .returning("session_hash")
          .executeTakeFirst();
        if (ended === undefined) return false;
        await appendAudit(view, tenantId, audit);
        return true;
      }),
  };
}

function toSession(row: SessionRow): Session {
  return {
    tenantId: row.tenant_id,
    keyId: row.key_id,
    hash: row.session_hash,
    createdAtMs: row.created_at_ms,
    seenAtMs: row.seen_at_ms,
    expiresAtMs: row.expires_at_ms,
  };
}
