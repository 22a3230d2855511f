import type { ApiKey, AuditEntry } from "../records.ts";
import type { Store } from "../store.ts";
import { appendAudit } from "./audit.ts";
import type { Backend, ReadView, WriteView } from "./backend.ts";
import { encodeCursor, idCursor } from "./cursor.ts";
import { wantRoom } from "./quotas.ts";
import { createSharedReads } from "./shared-reads.ts";
import type { ApiKeyRow } from "./tables.ts";
import { toPage } from "./to-page.ts";

type NewKey = Omit<Parameters<Store["createKey"]>[0], "audit">;

/** The part of the {@link Store} about API keys. */
export function keyQueries(
  backend: Backend,
): Pick<Store, "createKey" | "findKey" | "listKeys" | "revokeKey" | "touchKey"> {
  const { read, write } = backend;
  return {
    createKey: async ({ audit, ...key }) => await write(async (view) => await createKey(view, key, audit)),
    // Each request asks for its own.
    findKey: createSharedReads(backend, { keyOf: () => "", read: findKeys }),
    listKeys: async ({ tenantId, after, limit }) =>
      await read(async ({ db }) => {
        const rows = await db
          .selectFrom("api_keys")
          .selectAll()
          .where("tenant_id", "=", tenantId)
          .where("key_id", ">", idCursor("keys", after) ?? "")
          .orderBy("key_id")
          .limit(limit + 1)
          .execute();
        return toPage(rows, { limit, itemOf: toKey, cursorOf: (row) => encodeCursor("keys", [row.key_id]) });
      }),
    ...changeQueries(backend),
  };
}

async function findKeys(view: ReadView, hashes: readonly string[]): Promise<readonly (ApiKey | null)[]> {
  const rows = await view.db
    .selectFrom("api_keys")
    .selectAll()
    .where("hash", "in", view.listed([...new Set(hashes)]))
    .execute();
  const keys = new Map(rows.map((row) => [row.hash, toKey(row)]));
  return hashes.map((hash) => keys.get(hash) ?? null);
}

async function createKey(view: WriteView, key: NewKey, audit: AuditEntry): Promise<ApiKey> {
  if (key.isRoot !== true) await wantRoom(view, { tenantId: key.tenantId, resource: "keys" });
  const row = {
    tenant_id: key.tenantId,
    key_id: key.keyId,
    name: key.name,
    hash: key.hash,
    scopes: JSON.stringify(key.scopes),
    created_at_ms: view.nowMs,
    expires_at_ms: key.expiresAtMs,
    revoked_at_ms: null,
    last_used_at_ms: null,
  };
  // Only a root key that an operator chose can come again: set back to an earlier text, it stands anew.
  await view.db
    .insertInto("api_keys")
    .values(row)
    .onConflict((on) => on.column("hash").doUpdateSet(row))
    .execute();
  await appendAudit(view, key.tenantId, audit);
  return toKey(row);
}

function changeQueries({ write }: Backend): Pick<Store, "revokeKey" | "touchKey"> {
  return {
    revokeKey: async ({ tenantId, keyId, audit }) =>
      await write(async (view) => {
        const revoked = await view.db
          .updateTable("api_keys")
          .set((set) => ({ revoked_at_ms: set.fn.coalesce("revoked_at_ms", set.val(view.nowMs)) }))
          .where("tenant_id", "=", tenantId)
          .where("key_id", "=", keyId)
          .returning("key_id")
          .executeTakeFirst();
        if (revoked === undefined) return false;
        await appendAudit(view, tenantId, audit);
        return true;
      }),
    touchKey: async ({ tenantId, keyId }) => {
      await write(async ({ db, nowMs }) => {
        await db
          .updateTable("api_keys")
          .set({ last_used_at_ms: nowMs })
          .where("tenant_id", "=", tenantId)
          .where("key_id", "=", keyId)
          .execute();
      });
    },
  };
}

/** A key as the port tells it. */
export function toKey(row: ApiKeyRow): ApiKey {
  return {
    keyId: row.key_id,
    tenantId: row.tenant_id,
    name: row.name,
    hash: row.hash,
    // Written by createKey alone.
    scopes: JSON.parse(row.scopes) as ApiKey["scopes"],
    createdAtMs: row.created_at_ms,
    expiresAtMs: row.expires_at_ms,
    revokedAtMs: row.revoked_at_ms,
    lastUsedAtMs: row.last_used_at_ms,
  };
}
