import type { Store } from "../store.ts";
import type { Backend, WriteView } from "./backend.ts";
import type { Room } from "./notice-full.ts";

/** Ids whose text is 64 KB: more than the free places of pages that are there. */
const PROBE_IDS = 2_700;

/** The part of the {@link Store} about itself. */
export function metaQueries({ read, write }: Backend, room: Room): Pick<Store, "ping" | "readMeta" | "putMetaOnce"> {
  return {
    ping: async () => {
      const wantsRoom = room.isRefused;
      await write(async (view) => {
        await put(view, "lastPing", Buffer.from(wantsRoom ? probe(view) : String(view.nowMs)));
      });
      if (!wantsRoom) return;
      room.isRefused = false;
      await write(async (view) => {
        await put(view, "lastPing", Buffer.from(String(view.nowMs)));
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

// Of ids, since a database would make less of one letter again and again.
function probe({ newId }: WriteView): string {
  return Array.from({ length: PROBE_IDS }, newId).join("");
}

async function put({ db }: WriteView, name: string, value: Buffer): Promise<void> {
  await db
    .insertInto("meta")
    .values({ name, value })
    .onConflict((on) => on.column("name").doUpdateSet({ value }))
    .execute();
}
