import type { InTenant, Store } from "../store.ts";
import { appendAudit } from "./audit.ts";
import type { Backend, ReadView } from "./backend.ts";
import { shortenKeeping } from "./pictures.ts";
import { createSharedReads } from "./shared-reads.ts";

/** The part of the {@link Store} about a tenant's policy. */
export function policyQueries(backend: Backend): Pick<Store, "readPolicy" | "writePolicy"> {
  const { write } = backend;
  return {
    readPolicy: createSharedReads(backend, { keyOf: () => "", read: readPolicies }),
    writePolicy: async ({ tenantId, policy, keepPicturesMs: keepMs, audit }) => {
      await write(async (view) => {
        await view.db
          .insertInto("policies")
          .values({ tenant_id: tenantId, policy, updated_at_ms: view.nowMs })
          .onConflict((on) => on.column("tenant_id").doUpdateSet({ policy, updated_at_ms: view.nowMs }))
          .execute();
        if (keepMs !== undefined) await shortenKeeping(view, { tenantId, keepMs });
        await appendAudit(view, tenantId, audit);
      });
    },
  };
}

async function readPolicies(view: ReadView, asked: readonly InTenant[]): Promise<readonly (string | null)[]> {
  const rows = await view.db
    .selectFrom("policies")
    .select(["tenant_id", "policy"])
    .where("tenant_id", "in", view.listed([...new Set(asked.map(({ tenantId }) => tenantId))]))
    .execute();
  const policies = new Map(rows.map((row) => [row.tenant_id, row.policy]));
  return asked.map(({ tenantId }) => policies.get(tenantId) ?? null);
}
