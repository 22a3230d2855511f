import type { KeptPictures, PictureFacts } from "../kept-pictures.ts";
import type { Decision, InTenant } from "../store.ts";
import type { Backend, WriteView } from "./backend.ts";
import { wantRoom } from "./quotas.ts";
import type { PictureRow } from "./tables.ts";

/** The part of the {@link Store} that shows kept pictures. */
export function pictureQueries({ read }: Backend): KeptPictures {
  return {
    listPictures: async ({ tenantId, authenticationIds }) =>
      await read(async ({ db }) => {
        if (authenticationIds.length === 0) return [];
        const rows = await db
          .selectFrom("pictures")
          .select(FACTS)
          .where("tenant_id", "=", tenantId)
          .where("authentication_id", "in", authenticationIds)
          .execute();
        return rows.map(toFacts);
      }),
    readPicture: async ({ tenantId, authenticationId }) =>
      await read(async ({ db }) => {
        const row = await db
          .selectFrom("pictures")
          .selectAll()
          .where("tenant_id", "=", tenantId)
          .where("authentication_id", "=", authenticationId)
          .executeTakeFirst();
        return row === undefined ? null : { ...toFacts(row), sealed: row.sealed };
      }),
  };
}

const FACTS = [
  "authentication_id",
  "customer_id",
  "format",
  "orientation",
  "created_at_ms",
  "kept_until_ms",
] as const satisfies readonly (keyof PictureRow)[];

function toFacts(row: Pick<PictureRow, (typeof FACTS)[number]>): PictureFacts {
  return {
    authenticationId: row.authentication_id,
    customerId: row.customer_id,
    format: row.format,
    orientation: row.orientation,
    createdAtMs: row.created_at_ms,
    keptUntilMs: row.kept_until_ms,
  };
}

/** Keeps the picture of a decision, in its transaction: neither stands without the other (F35). */
export async function keepPicture(view: WriteView, decision: Decision): Promise<void> {
  const { kept, tenantId } = decision;
  const { db, nowMs } = view;
  if (kept === undefined) return;
  await wantRoom(view, { tenantId, resource: "pictureBytes", more: kept.sealed.length });
  await db
    .insertInto("pictures")
    .values({
      tenant_id: decision.tenantId,
      authentication_id: decision.authentication.authenticationId,
      customer_id: decision.customerId,
      sealed: kept.sealed,
      size: kept.sealed.length,
      format: kept.format,
      orientation: kept.orientation,
      created_at_ms: nowMs,
      kept_until_ms: nowMs + kept.keepMs,
    })
    .execute();
}

/** Whoever keeps pictures for a shorter time from now on, or for none, means those that are there as well. */
export async function shortenKeeping(
  { db }: WriteView,
  { tenantId, keepMs }: InTenant & { readonly keepMs: number },
): Promise<void> {
  await db
    .updateTable("pictures")
    .set((set) => ({ kept_until_ms: set("created_at_ms", "+", keepMs) }))
    .where("tenant_id", "=", tenantId)
    .where((where) => where("kept_until_ms", ">", where("created_at_ms", "+", keepMs)))
    .execute();
}

/** Megabytes each, which are overwritten where they lie: few in one transaction. */
const MOST_SWEPT = 50;

/** Takes away pictures whose time is up. @returns whether there may be more */
export async function sweepKeptPictures({ db, nowMs }: WriteView, { tenantId }: InTenant): Promise<boolean> {
  const old = db
    .selectFrom("pictures")
    .select("authentication_id")
    .where("tenant_id", "=", tenantId)
    .where("kept_until_ms", "<=", nowMs)
    .orderBy("kept_until_ms")
    .limit(MOST_SWEPT);
  const gone = await db
    .deleteFrom("pictures")
    .where("tenant_id", "=", tenantId)
    .where("authentication_id", "in", old)
    .executeTakeFirstOrThrow();
  return Number(gone.numDeletedRows) === MOST_SWEPT;
}
