import type { Endpoint } from "../records.ts";
import type { NewSecret, Store } from "../store.ts";
import { appendAudit } from "./audit.ts";
import type { ReadView, WriteView } from "./backend.ts";
import { readEndpoint } from "./endpoint-records.ts";
import { lockTenant } from "./lock-tenant.ts";
import type { EndpointRow } from "./tables.ts";

/** Secrets that sign from now on, with no end. */
export async function insertSecrets(
  view: WriteView,
  key: Pick<EndpointRow, "tenant_id" | "endpoint_id">,
  secrets: readonly NewSecret[],
): Promise<void> {
  for (const secret of secrets) {
    await view.db
      .insertInto("endpoint_secrets")
      .values({
        tenant_id: key.tenant_id,
        endpoint_id: key.endpoint_id,
        secret_id: secret.secretId,
        kind: secret.kind,
        sealed: secret.sealed,
        public_key: secret.publicKey,
        created_at_ms: view.nowMs,
        expires_at_ms: null,
      })
      .execute();
  }
}

/** @see Store.rotateSecrets */
export async function rotateSecrets(
  view: WriteView,
  where: Parameters<Store["rotateSecrets"]>[0],
): Promise<Endpoint | null | { readonly kind: "tooMany" }> {
  await lockTenant(view, where.tenantId);
  const before = await readEndpoint(view, where);
  if (before === null) return null;
  const endMs = view.nowMs + where.overlapMs;
  const staying = where.overlapMs > 0 ? before.secrets.length : 0;
  if (staying + where.secrets.length > where.mostLive) return { kind: "tooMany" };
  const own = { tenant_id: where.tenantId, endpoint_id: where.endpointId };
  await view.db
    .updateTable("endpoint_secrets")
    .set({ expires_at_ms: endMs })
    .where("tenant_id", "=", own.tenant_id)
    .where("endpoint_id", "=", own.endpoint_id)
    .where((one) => one.or([one("expires_at_ms", "is", null), one("expires_at_ms", ">", endMs)]))
    .execute();
  // A secret that ended signs nothing any more: the row would only be something to steal.
  await view.db
    .deleteFrom("endpoint_secrets")
    .where("tenant_id", "=", own.tenant_id)
    .where("endpoint_id", "=", own.endpoint_id)
    .where("expires_at_ms", "<=", view.nowMs)
    .execute();
  await insertSecrets(view, own, where.secrets);
  await appendAudit(view, where.tenantId, where.audit);
  return await readEndpoint(view, where);
}

/** @see Store.findPublicKeys */
export async function findPublicKeys(
  { db, nowMs }: ReadView,
  endpointId: string,
): Promise<readonly { readonly secretId: string; readonly publicKey: string }[]> {
  const rows = await db
    .selectFrom("endpoint_secrets")
    .select(["secret_id", "public_key", "expires_at_ms"])
    .where("endpoint_id", "=", endpointId)
    .where("public_key", "is not", null)
    .where((one) => one.or([one("expires_at_ms", "is", null), one("expires_at_ms", ">", nowMs)]))
    .execute();
  const endOf = (row: { readonly expires_at_ms: number | null }): number =>
    row.expires_at_ms ?? Number.MAX_SAFE_INTEGER;
  const newestFirst = rows.toSorted((a, b) => endOf(b) - endOf(a));
  return newestFirst.flatMap(({ secret_id, public_key }) =>
    public_key === null ? [] : [{ secretId: secret_id, publicKey: public_key }],
  );
}
