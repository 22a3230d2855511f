import type { Store } from "../store.ts";
import { appendAudit } from "./audit.ts";
import type { Backend } from "./backend.ts";
import { shortenKeeping } from "./pictures.ts";

/** The part of the {@link Store} about a tenant's policy. */
export function policyQueries({ read, write }: Backend): Pick<Store, "readPolicy" | "writePolicy"> {
  return {
    readPolicy: async ({ tenantId }) =>
      await read(async ({ db }) => {
        const row = await db
          .selectFrom("policies")
          .select("policy")
          .where("tenant_id", "=", tenantId)
          .executeTakeFirst();
        return row?.policy ?? null;
      }),
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
