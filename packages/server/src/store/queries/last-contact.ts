import { sql } from "kysely";
import type { CustomerRef, Store } from "../store.ts";
import type { Backend, WriteView } from "./backend.ts";

/** How exactly the last contact is known: who comes often costs one write a day. */
const GRAIN_MS = 86_400_000;

const LAST_CONTACT = sql<number>`coalesce(last_contact_at_ms, enrolled_at_ms)`;

/** The part of the {@link Store} that knows who has not come for long (S10). */
export function contactQueries({ read }: Backend): Pick<Store, "listUncontacted"> {
  return {
    listUncontacted: async ({ tenantId, forMs, limit }) =>
      await read(async ({ db, nowMs }) => {
        const rows = await db
          .selectFrom("customers")
          .select(["customer_id as customerId", "subject"])
          .where("tenant_id", "=", tenantId)
          .where(LAST_CONTACT, "<=", nowMs - forMs)
          .orderBy(LAST_CONTACT)
          .limit(limit)
          .execute();
        return rows.map((row) => ({ tenantId, ...row }));
      }),
  };
}

/** In the transaction of the pass that is the contact. */
export async function noteContact(
  { db, nowMs }: WriteView,
  { tenantId, customerId }: Pick<CustomerRef, "tenantId" | "customerId">,
): Promise<void> {
  await db
    .updateTable("customers")
    .set({ last_contact_at_ms: nowMs })
    .where("tenant_id", "=", tenantId)
    .where("customer_id", "=", customerId)
    .where(LAST_CONTACT, "<=", nowMs - GRAIN_MS)
    .execute();
}
