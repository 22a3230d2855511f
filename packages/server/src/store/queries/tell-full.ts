import type { AtMs } from "../records.ts";
import type { Backend } from "./backend.ts";
import { lockTenant } from "./lock-tenant.ts";
import { recordOperatorEvent } from "./operator-events.ts";

/** Tells every tenant that nothing was decided for a while, now that there is room to tell it (F34). */
export async function tellFull({ read, write }: Pick<Backend, "read" | "write">, sinceMs: AtMs): Promise<void> {
  const tenants = await read(
    async ({ db }) => await db.selectFrom("tenants").select("tenant_id").orderBy("tenant_id").execute(),
  );
  const data = { refusedSince: new Date(sinceMs).toISOString() };
  for (const { tenant_id: tenantId } of tenants) {
    await write(async (view) => {
      await lockTenant(view, tenantId);
      await recordOperatorEvent(view, { tenantId, type: "store.full", data });
    });
  }
}
