import { sql } from "kysely";
import { QUOTA_RESOURCES, type QuotaResource, type QuotaStore, type Quotas } from "../quotas.ts";
import type { InTenant } from "../store.ts";
import { StoreError } from "../store-error.ts";
import { appendAudit } from "./audit.ts";
import type { Backend, ReadView, WriteView } from "./backend.ts";
import { lockTenant } from "./lock-tenant.ts";

/** The part of the {@link Store} that bounds what a tenant may have. */
export function quotaQueries({ read, write }: Backend): QuotaStore {
  return {
    readQuotas: async ({ tenantId }) =>
      await read(async (view) => {
        if (!(await isTenant(view, tenantId))) return null;
        const most = await readMost(view, tenantId);
        const used = await Promise.all(
          QUOTA_RESOURCES.map(async (one) => [one, await countUsed(view, { tenantId, resource: one })] as const),
        );
        return { most, used: Object.fromEntries(used) as Record<QuotaResource, number> };
      }),
    writeQuotas: async ({ tenantId, most, audit }) =>
      await write(async (view) => {
        await lockTenant(view, tenantId);
        if (!(await isTenant(view, tenantId))) return false;
        await view.db.deleteFrom("quotas").where("tenant_id", "=", tenantId).execute();
        const rows = QUOTA_RESOURCES.flatMap((resource) => {
          const bound = most[resource];
          return bound === null ? [] : [{ tenant_id: tenantId, resource, most: bound }];
        });
        if (rows.length > 0) await view.db.insertInto("quotas").values(rows).execute();
        await appendAudit(view, tenantId, audit);
        return true;
      }),
  };
}

async function isTenant({ db }: ReadView, tenantId: string): Promise<boolean> {
  const named = db.selectFrom("tenants").select("tenant_id").where("tenant_id", "=", tenantId);
  return (await named.executeTakeFirst()) !== undefined;
}

async function readMost({ db }: ReadView, tenantId: string): Promise<Quotas> {
  const rows = await db.selectFrom("quotas").select(["resource", "most"]).where("tenant_id", "=", tenantId).execute();
  const known = new Map(rows.map(({ resource, most }) => [resource, most]));
  return Object.fromEntries(QUOTA_RESOURCES.map((one) => [one, known.get(one) ?? null])) as Record<
    QuotaResource,
    number | null
  >;
}

/**
 * Refuses where so much more does not fit. The count is of the rows themselves, so no crash leaves it wrong; the tenant
 * is locked, so that two at once do not both take the last place. Counted up to the bound, and not at all where there is
 * none.
 * @throws {StoreError} `quotaReached`
 */
export async function wantRoom(
  view: WriteView,
  { tenantId, resource, more = 1 }: InTenant & { readonly resource: QuotaResource; readonly more?: number },
): Promise<void> {
  const row = await view.db
    .selectFrom("quotas")
    .select("most")
    .where("tenant_id", "=", tenantId)
    .where("resource", "=", resource)
    .executeTakeFirst();
  if (row === undefined) return;
  await lockTenant(view, tenantId);
  const used = await countUsed(view, { tenantId, resource, upTo: row.most });
  if (used + more > row.most) throw new StoreError("quotaReached", `the tenant may have ${row.most} ${resource}`);
}

async function countUsed(
  { db }: ReadView,
  { tenantId, resource, upTo }: InTenant & { readonly resource: QuotaResource; readonly upTo?: number },
): Promise<number> {
  if (resource === "pictureBytes") {
    const row = await db
      .selectFrom("pictures")
      .select((select) =>
        select.fn.coalesce(select.fn.sum<number | string>("size"), sql<number | string>`0`).as("used"),
      )
      .where("tenant_id", "=", tenantId)
      .executeTakeFirstOrThrow();
    return Number(row.used);
  }
  const rows = db
    .selectFrom(COUNTED[resource])
    .select("tenant_id")
    .where("tenant_id", "=", tenantId)
    .$if(resource === "keys", (query) => query.where(sql<boolean>`revoked_at_ms is null`))
    .$if(upTo !== undefined, (query) => query.limit(upTo ?? 0));
  const counted = await db
    .selectFrom(rows.as("counted"))
    .select((select) => select.fn.countAll<number | string>().as("used"))
    .executeTakeFirstOrThrow();
  return Number(counted.used);
}

const COUNTED = { customers: "customers", endpoints: "endpoints", keys: "api_keys" } as const satisfies Record<
  Exclude<QuotaResource, "pictureBytes">,
  string
>;
