import { sql } from "kysely";
import type { WriteView } from "./backend.ts";

/**
 * Where several processes write, holds all others off that decide for this tenant or change what a decision reads
 * (customers, blocks, endpoints), until the commit: once such a change has returned, no decision is built on what was
 * before it (F43, F44). Taken before any other row, so that nobody waits in a circle.
 */
export async function lockTenant({ db, locksRows }: WriteView, tenantId: string): Promise<void> {
  if (!locksRows) return;
  // The row of the tenant's feed, which every decision takes anyway.
  await db
    .insertInto("feeds")
    .columns(["tenant_id", "last_sequence"])
    .expression(
      db
        .selectFrom("tenants")
        .select(["tenant_id", sql.lit(0).as("last_sequence")])
        .where("tenant_id", "=", tenantId),
    )
    .onConflict((on) =>
      on.column("tenant_id").doUpdateSet((set) => ({ last_sequence: set.ref("feeds.last_sequence") })),
    )
    .execute();
}
