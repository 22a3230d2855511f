import { sql } from "kysely";
import type { Store } from "../store.ts";
import type { Backend, WriteView } from "./backend.ts";
import { lockTenant } from "./lock-tenant.ts";
import { recordOperatorEvent } from "./operator-events.ts";
import type { RhythmRow } from "./tables.ts";

const DAY_MS = 86_400_000;
/** How long a silence is remembered as usual. */
const DAYS = 7;
/** No shorter silence is a gap, however busy a tenant is. */
const SHORTEST_GAP_MS = 15 * 60_000;
/** A silence is longer than usual when it is so many times the longest of those days. */
const TIMES_USUAL = 2;
/** Fewer events have no rhythm. */
const FEWEST_EVENTS = 3;
/** Events read of one tenant at one time; of more, the last ones. */
const MOST_EVENTS = 100_000;

/** The part of the {@link Store} that notices when a tenant falls silent. */
export function rhythmQueries({ read, write }: Backend): Pick<Store, "watchRhythms"> {
  return {
    watchRhythms: async () => {
      const changed = await read(
        async ({ db, nowMs }) =>
          await db
            .selectFrom("feeds as f")
            .leftJoin("rhythms as r", "r.tenant_id", "f.tenant_id")
            .select("f.tenant_id")
            .where((where) =>
              where.or([
                where("r.tenant_id", "is", null),
                where("r.sequence", "<", where.ref("f.last_sequence")),
                where.and([where("r.told", "=", 0), where("r.last_event_at_ms", "<", nowMs - SHORTEST_GAP_MS)]),
              ]),
            )
            .execute(),
      );
      for (const { tenant_id } of changed) {
        await write(async (view) => {
          await watchTenant(view, tenant_id);
        });
      }
    },
  };
}

async function watchTenant(view: WriteView, tenantId: string): Promise<void> {
  await lockTenant(view, tenantId);
  const learned = await learn(view, tenantId);
  if (learned === null) return;
  const usualMs = Math.max(0, ...Object.values(parseLongest(learned.longest)));
  const silenceMs = view.nowMs - learned.last_event_at_ms;
  const isGap = silenceMs > Math.max(SHORTEST_GAP_MS, usualMs * TIMES_USUAL);
  // Once: the next event of the tenant clears it.
  const tell = isGap && learned.told === 0 && learned.seen >= FEWEST_EVENTS;
  const row = { ...learned, told: tell ? 1 : learned.told };
  await view.db
    .insertInto("rhythms")
    .values(row)
    .onConflict((on) => on.column("tenant_id").doUpdateSet(row))
    .execute();
  if (!tell) return;
  await recordOperatorEvent(view, {
    tenantId,
    type: "gap",
    data: {
      lastEventAt: new Date(learned.last_event_at_ms).toISOString(),
      silenceSeconds: Math.round(silenceMs / 1_000),
      usualSeconds: Math.round(usualMs / 1_000),
    },
  });
}

/** What is known of a tenant's rhythm with the events since the last look; `null`: it never had one. */
async function learn(view: WriteView, tenantId: string): Promise<RhythmRow | null> {
  const { db, nowMs } = view;
  const before = await db.selectFrom("rhythms").selectAll().where("tenant_id", "=", tenantId).executeTakeFirst();
  const feed = await db
    .selectFrom("feeds")
    .select("last_sequence")
    .where("tenant_id", "=", tenantId)
    .executeTakeFirstOrThrow();
  const from = Math.max(before?.sequence ?? 0, feed.last_sequence - MOST_EVENTS);
  const fresh = await readFresh(view, tenantId, from);
  if (fresh === null) return before === undefined ? null : { ...before, sequence: feed.last_sequence };
  const sinceLast = before === undefined ? 0 : fresh.firstAtMs - before.last_event_at_ms;
  const today = Math.floor(nowMs / DAY_MS);
  const longest = parseLongest(before?.longest ?? "{}");
  const kept = Object.entries(longest).filter(([day]) => Number(day) > today - DAYS);
  const silence = Math.max(0, sinceLast, fresh.longestMs, longest[today] ?? 0);
  return {
    tenant_id: tenantId,
    sequence: feed.last_sequence,
    last_event_at_ms: Math.max(before?.last_event_at_ms ?? 0, fresh.lastAtMs),
    longest: JSON.stringify({ ...Object.fromEntries(kept), [today]: silence }),
    seen: Math.min(FEWEST_EVENTS, (before?.seen ?? 0) + fresh.count),
    told: 0,
  };
}

interface Fresh {
  readonly count: number;
  readonly firstAtMs: number;
  readonly lastAtMs: number;
  /** Between two of them. */
  readonly longestMs: number;
}

async function readFresh({ db }: WriteView, tenantId: string, from: number): Promise<Fresh | null> {
  const { rows } = await sql<{
    count: number;
    first_at: number | null;
    last_at: number | null;
    longest: number | null;
  }>`
    select count(*) as count, min(at) as first_at, max(at) as last_at, max(silence) as longest from (
      select created_at_ms as at, created_at_ms - lag(created_at_ms) over (order by sequence) as silence
      from events
      where tenant_id = ${tenantId} and sequence > ${from} and test = 0 and operator_type is null
    ) as fresh`.execute(db);
  const [row] = rows;
  if (row?.first_at == null || row.last_at === null) return null;
  return { count: row.count, firstAtMs: row.first_at, lastAtMs: row.last_at, longestMs: row.longest ?? 0 };
}

function parseLongest(text: string): Readonly<Record<string, number>> {
  // Written by learn alone.
  return JSON.parse(text) as Readonly<Record<string, number>>;
}
