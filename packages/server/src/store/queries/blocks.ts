import type { CustomerRef, Store } from "../store.ts";
import { appendAudit } from "./audit.ts";
import type { Backend, WriteView } from "./backend.ts";
import { readRevision } from "./customers.ts";
import { lockTenant } from "./lock-tenant.ts";

/** The part of the {@link Store} that blocks and unlocks customers. */
export function blockQueries({ write }: Backend): Pick<Store, "block" | "unblock" | "unlock"> {
  return {
    block: async (ref) =>
      await write(async (view) => {
        if (!(await setRevision(view, ref, ref.revision))) return false;
        const block = { reason: ref.reason, blocked_at_ms: view.nowMs };
        await view.db
          .insertInto("blocks")
          .values({ tenant_id: ref.tenantId, subject: ref.subject, ...block })
          .onConflict((on) => on.columns(["tenant_id", "subject"]).doUpdateSet(block))
          .execute();
        await appendAudit(view, ref.tenantId, ref.audit);
        return true;
      }),
    unblock: async (ref) =>
      await write(async (view) => {
        if (!(await setRevision(view, ref, ref.revision))) return false;
        await view.db
          .deleteFrom("blocks")
          .where("tenant_id", "=", ref.tenantId)
          .where("subject", "=", ref.subject)
          .execute();
        await appendAudit(view, ref.tenantId, ref.audit);
        return true;
      }),
    unlock: async (ref) =>
      await write(async (view) => {
        if ((await readRevision(view, ref)) === null) return false;
        await view.db
          .deleteFrom("failure_counters")
          .where("tenant_id", "=", ref.tenantId)
          .where("scope", "=", "customer")
          .where("subject", "=", ref.subject)
          .execute();
        await appendAudit(view, ref.tenantId, ref.audit);
        return true;
      }),
  };
}

async function setRevision(view: WriteView, ref: CustomerRef, revision: string): Promise<boolean> {
  await lockTenant(view, ref.tenantId);
  const row = await view.db
    .updateTable("customers")
    .set({ revision })
    .where("tenant_id", "=", ref.tenantId)
    .where("customer_id", "=", ref.customerId)
    .returning("customer_id")
    .executeTakeFirst();
  return row !== undefined;
}
