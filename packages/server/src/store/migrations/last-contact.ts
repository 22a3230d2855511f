import { sql } from "kysely";
import type { Migration } from "./migration.ts";
import { addColumns } from "./table-builder.ts";

/** When a customer came last, and whom nobody has seen for longest; of an older version's rows the enrolment tells. */
export const lastContact: Migration = {
  name: "0013-last-contact",
  up: async (db, types) => {
    await addColumns(db, types, { to: "customers", columns: { last_contact_at_ms: "integer null" } });
    await db.schema
      .createIndex("customers_contact")
      .on("customers")
      .columns(["tenant_id", sql`coalesce(last_contact_at_ms, enrolled_at_ms)`])
      .execute();
  },
};
