import type { Migration } from "./migration.ts";
import { addColumns } from "./table-builder.ts";

/** Remembers that a lock was told of, so that an attack makes one event and not thousands (T7). */
export const lockouts: Migration = {
  name: "0005-lockouts",
  up: async (db, types) => {
    await addColumns(db, types, { to: "failure_counters", columns: { told_until_ms: "integer null" } });
  },
};
