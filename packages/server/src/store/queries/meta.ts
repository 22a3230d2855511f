import type { Store } from "../store.ts";
import type { Backend } from "./backend.ts";

/** The part of the {@link Store} about itself. */
export function metaQueries({ read, write }: Backend): Pick<Store, "ping" | "readMeta" | "putMetaOnce"> {
  return {
    ping: async () => {
      await write(async ({ db, nowMs }) => {
        const value = Buffer.from(String(nowMs));
        await db
          .insertInto("meta")
          .values({ name: "lastPing", value })
          .onConflict((on) => on.column("name").doUpdateSet({ value }))
          .execute();
      });
    },
    readMeta: async (name) =>
      await read(async ({ db }) => {
        const row = await db.selectFrom("meta").select("value").where("name", "=", name).executeTakeFirst();
        return row?.value ?? null;
      }),
    putMetaOnce: async (name, value) =>
      await write(async ({ db }) => {
        await db
          .insertInto("meta")
          .values({ name, value })
          .onConflict((on) => on.column("name").doNothing())
          .execute();
        const row = await db.selectFrom("meta").select("value").where("name", "=", name).executeTakeFirstOrThrow();
        return row.value;
      }),
  };
}
