import type { Migration } from "./migration.ts";
import { addColumns } from "./table-builder.ts";

/** Whose lease a delivery in flight is: what only one worker sends to, it may lease more of than it sends at once. */
export const leaseHolder: Migration = {
  name: "0017-lease-holder",
  up: async (db, types) => {
    await addColumns(db, types, { to: "deliveries", columns: { leased_by: "text null" } });
  },
};
