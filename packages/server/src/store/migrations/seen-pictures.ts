import type { Migration } from "./migration.ts";
import { createTable } from "./table-builder.ts";

/** Pictures that were decided on, as keyed hashes of their bytes and of bands of what they look like. */
export const seenPictures: Migration = {
  name: "0012-seen-pictures",
  up: async (db, types) => {
    await createTable(db, types, {
      name: "seen_pictures",
      columns: {
        tenant_id: "text",
        digest: "text",
        subject: "text",
        band_0: "text null",
        band_1: "text null",
        band_2: "text null",
        band_3: "text null",
        seen_at_ms: "integer",
      },
      key: ["tenant_id", "digest"],
    });
    for (const band of ["band_0", "band_1", "band_2", "band_3"] as const) {
      await db.schema.createIndex(`seen_${band}`).on("seen_pictures").columns(["tenant_id", band]).execute();
    }
  },
};
