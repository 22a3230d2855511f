import { FOR_LISTENER, type Replay } from "../records.ts";
import type { InTenant, Store } from "../store.ts";
import { appendAudit } from "./audit.ts";
import type { Backend, ReadView, WriteView } from "./backend.ts";
import { encodeCursor, sequenceAndIdCursor } from "./cursor.ts";
import { readEndpoint } from "./endpoint-records.ts";
import { lockTenant } from "./lock-tenant.ts";
import { recordOperatorEvent } from "./operator-events.ts";
import type { ReplayRow } from "./tables.ts";
import { toPage } from "./to-page.ts";

/** The part of the {@link Store} that makes, reads and cancels replays. */
export function replayQueries({
  read,
  write,
}: Backend): Pick<Store, "createReplay" | "readReplay" | "listReplays" | "cancelReplay"> {
  return {
    createReplay: async (where) => await write(async (view) => await createReplay(view, where)),
    readReplay: async (where) =>
      await read(async (view) => {
        const row = await readRow(view, where);
        return row === undefined ? null : toReplay(row);
      }),
    listReplays: async (where) => await read(async (view) => await listReplays(view, where)),
    cancelReplay: async (where) => await write(async (view) => await cancelReplay(view, where)),
  };
}

async function createReplay(
  view: WriteView,
  where: Parameters<Store["createReplay"]>[0],
): ReturnType<Store["createReplay"]> {
  const { tenantId, endpointId, sinceMs } = where;
  const endpoint = await readEndpoint(view, { tenantId, endpointId });
  if (endpoint === null || !(endpoint.enabled || endpoint.disabledReason === FOR_LISTENER)) {
    return { kind: "endpointUnavailable" };
  }
  const untilMs = where.untilMs ?? view.nowMs;
  const range = await readRange(view, { tenantId, sinceMs, untilMs });
  const row: ReplayRow = {
    tenant_id: tenantId,
    replay_id: where.replayId,
    endpoint_id: endpointId,
    which: where.which,
    since_ms: sinceMs,
    until_ms: untilMs,
    per_second: where.perSecond,
    status: "running",
    reason: null,
    cursor: range.first - 1,
    last_sequence: range.last,
    total: range.count,
    looked: 0,
    queued: 0,
    due_at_ms: view.nowMs,
    created_at_ms: view.nowMs,
    updated_at_ms: view.nowMs,
    finished_at_ms: null,
  };
  await view.db.insertInto("replays").values(row).execute();
  await appendAudit(view, tenantId, where.audit);
  return toReplay(row);
}

/** Where in the feed the events of a range lie; their times and places run alike, but for a moment where many write. */
async function readRange(
  { db }: ReadView,
  where: InTenant & { readonly sinceMs: number; readonly untilMs: number },
): Promise<{ readonly first: number; readonly last: number; readonly count: number }> {
  const found = await db
    .selectFrom("events")
    .select(({ fn }) => [
      fn.min("sequence").as("first"),
      fn.max("sequence").as("last"),
      fn.countAll<number>().as("count"),
    ])
    .where("tenant_id", "=", where.tenantId)
    .where("created_at_ms", ">=", where.sinceMs)
    .where("created_at_ms", "<=", where.untilMs)
    .executeTakeFirstOrThrow();
  // An empty range has no place: the first batch finds nothing and ends the replay as any other.
  return found.count === 0 ? { first: 1, last: 0, count: 0 } : found;
}

async function listReplays(
  { db }: ReadView,
  where: Parameters<Store["listReplays"]>[0],
): ReturnType<Store["listReplays"]> {
  const before = sequenceAndIdCursor("replays", where.after);
  let query = db
    .selectFrom("replays")
    .selectAll()
    .where("tenant_id", "=", where.tenantId)
    .orderBy("created_at_ms", "desc")
    .orderBy("replay_id", "desc")
    .limit(where.limit + 1);
  if (before !== null) {
    query = query.where((where) =>
      where(where.refTuple("created_at_ms", "replay_id"), "<", where.tuple(before.sequence, before.id)),
    );
  }
  if (where.endpointId !== null) query = query.where("endpoint_id", "=", where.endpointId);
  return toPage(await query.execute(), {
    limit: where.limit,
    itemOf: toReplay,
    cursorOf: (row) => encodeCursor("replays", [row.created_at_ms, row.replay_id]),
  });
}

async function cancelReplay(
  view: WriteView,
  where: Parameters<Store["cancelReplay"]>[0],
): ReturnType<Store["cancelReplay"]> {
  await lockTenant(view, where.tenantId);
  const cancelled = await endReplay(view, where, { status: "cancelled", reason: null });
  if (cancelled) await appendAudit(view, where.tenantId, where.audit);
  const row = await readRow(view, where);
  return row === undefined ? null : toReplay(row);
}

/** Ends one that runs, and tells operators. @returns false: it has ended before, or there is none */
export async function endReplay(
  view: WriteView,
  where: InTenant & { readonly replayId: string },
  end: { readonly status: "finished" | "cancelled"; readonly reason: string | null },
): Promise<boolean> {
  const row = await view.db
    .updateTable("replays")
    .set({ ...end, due_at_ms: null, updated_at_ms: view.nowMs, finished_at_ms: view.nowMs })
    .where("tenant_id", "=", where.tenantId)
    .where("replay_id", "=", where.replayId)
    .where("status", "=", "running")
    .returningAll()
    .executeTakeFirst();
  if (row === undefined) return false;
  const { replay_id: replayId, endpoint_id: endpointId, which, looked, queued } = row;
  const data = { replayId, endpointId, which, status: end.status, looked, queued };
  await recordOperatorEvent(view, { tenantId: where.tenantId, type: "replay.finished", data });
  return true;
}

async function readRow(
  { db }: ReadView,
  where: InTenant & { readonly replayId: string },
): Promise<ReplayRow | undefined> {
  return await db
    .selectFrom("replays")
    .selectAll()
    .where("tenant_id", "=", where.tenantId)
    .where("replay_id", "=", where.replayId)
    .executeTakeFirst();
}

function toReplay(row: ReplayRow): Replay {
  return {
    replayId: row.replay_id,
    tenantId: row.tenant_id,
    endpointId: row.endpoint_id,
    which: row.which,
    sinceMs: row.since_ms,
    untilMs: row.until_ms,
    perSecond: row.per_second,
    status: row.status,
    reason: row.reason,
    total: row.total,
    looked: row.looked,
    queued: row.queued,
    createdAtMs: row.created_at_ms,
    updatedAtMs: row.updated_at_ms,
    finishedAtMs: row.finished_at_ms,
  };
}
