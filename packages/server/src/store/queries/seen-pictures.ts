import type { CaptureSessions, PictureMarks, SeenBefore } from "../capture-sessions.ts";
import type { Decision } from "../store.ts";
import type { Backend, ReadView, WriteView } from "./backend.ts";

/** The part of the {@link Store} that knows pictures again. */
export function seenPictureQueries({ read }: Backend): Pick<CaptureSessions, "findSeenPicture"> {
  return { findSeenPicture: async (where) => await read(async (view) => await findSeen(view, where)) };
}

/** As many bands of four must agree: at most 16 of the 64 bits may then differ, those of one band. */
const AGREEING_BANDS = 3;

async function findSeen(
  { db }: ReadView,
  { tenantId, digest, bands }: { readonly tenantId: string } & PictureMarks,
): Promise<SeenBefore> {
  const same = await db
    .selectFrom("seen_pictures")
    .select("digest")
    .where("tenant_id", "=", tenantId)
    .where("digest", "=", digest)
    .executeTakeFirst();
  if (bands === null) return { sameBytes: same !== undefined, alike: false };
  const [one, two, three, four] = bands;
  const near = await db
    .selectFrom("seen_pictures")
    .select(["band_0", "band_1", "band_2", "band_3"])
    .where("tenant_id", "=", tenantId)
    .where((where) =>
      where.or([
        where("band_0", "=", one),
        where("band_1", "=", two),
        where("band_2", "=", three),
        where("band_3", "=", four),
      ]),
    )
    .limit(MOST_COMPARED)
    .execute();
  const alike = near.some((row) => {
    const known = [row.band_0, row.band_1, row.band_2, row.band_3];
    return known.filter((band, at) => band === bands[at]).length >= AGREEING_BANDS;
  });
  return { sameBytes: same !== undefined, alike };
}

/** A flag may miss one of very many; an attempt must not wait for all of them. */
const MOST_COMPARED = 500;

/** Remembers the picture of a decision. False: one with these bytes was quicker. */
export async function rememberPicture(
  { db, nowMs }: WriteView,
  { tenantId, subject, picture }: Decision,
): Promise<boolean> {
  if (picture === undefined) return true;
  const [band_0, band_1, band_2, band_3] = picture.bands ?? [null, null, null, null];
  const made = await db
    .insertInto("seen_pictures")
    .values({ tenant_id: tenantId, digest: picture.digest, subject, band_0, band_1, band_2, band_3, seen_at_ms: nowMs })
    .onConflict((on) => on.columns(["tenant_id", "digest"]).doNothing())
    .returning("digest")
    .executeTakeFirst();
  return made !== undefined;
}

/** Forgets pictures that were decided on this long ago. */
export async function sweepPictures(
  { db }: WriteView,
  { tenantId, beforeMs }: { readonly tenantId: string; readonly beforeMs: number },
): Promise<void> {
  await db.deleteFrom("seen_pictures").where("tenant_id", "=", tenantId).where("seen_at_ms", "<", beforeMs).execute();
}
