import type { Store } from "../store.ts";
import type { Backend, WriteView } from "./backend.ts";
import type { Room } from "./notice-full.ts";
import { tellFull } from "./tell-full.ts";

/** Ids whose text is 64 KB: more than the free places of pages that are there. */
const PROBE_IDS = 2_700;

/** The part of the {@link Store} about itself. */
export function metaQueries({ read, write }: Backend, room: Room): Pick<Store, "ping" | "readMeta" | "putMetaOnce"> {
  return {
    ping: async () => {
      const wantsRoom = room.refusedSinceMs !== null;
      await write(async (view) => {
        await put(view, "lastPing", Buffer.from(wantsRoom ? probe(view) : String(view.nowMs)));
      });
      const sinceMs = room.refusedSinceMs;
      // Of two pings at once the first one tells.
      if (!wantsRoom || sinceMs === null) return;
      room.refusedSinceMs = null;
      await write(async (view) => {
        await put(view, "lastPing", Buffer.from(String(view.nowMs)));
      });
      await tellFull({ read, write }, sinceMs);
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
