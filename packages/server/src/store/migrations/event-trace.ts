import type { Migration } from "./migration.ts";
import { addColumns } from "./table-builder.ts";

/** The place in a trace of what led to an event, so that a delivery of hours later stands in the same trace. */
export const eventTrace: Migration = {
  name: "0014-event-trace",
  up: async (db, types) => {
    await addColumns(db, types, { to: "events", columns: { traceparent: "text null" } });
  },
};
