import { sql } from "kysely";
import { type Endpoint, FOR_LISTENER, type ReplayWhich } from "../records.ts";
import type { Store } from "../store.ts";
import type { Backend, ReadView, WriteView } from "./backend.ts";
import { readEndpoint } from "./endpoint-records.ts";
import { beginsAs } from "./fan-out.ts";
import { lockTenant } from "./lock-tenant.ts";
import { newDelivery } from "./new-delivery.ts";
import { endReplay } from "./replays.ts";
import type { DeliveryRow, EventRow, ReplayRow } from "./tables.ts";

/** Places of the feed that one batch looks at: it shares its transaction's time with decisions. */
const BATCH = 500;
/** Batches a second of a replay whose rate asks for fewer than that: small ones, evenly. */
const BATCHES_PER_SECOND = 4;
/** How often a replay looks whether its disabled endpoint is enabled again. */
const DISABLED_WAIT_MS = 5_000;

/** Events that are counted before a replay is made: reading them all would hold up what is decided meanwhile. */
const COUNTED = 50_000;

/** The part of the {@link Store} that runs replays, and says beforehand what one would do. */
export function advanceQueries({ read, write }: Backend): Pick<Store, "advanceReplay" | "countReplay"> {
  const firstDue = async () =>
    await read(async ({ db, nowMs }) => {
      const row = await db
        .selectFrom("replays")
        .select(["tenant_id", "replay_id", "due_at_ms"])
        .where("due_at_ms", "is not", null)
        .orderBy("due_at_ms")
        .limit(1)
        .executeTakeFirst();
      return row?.due_at_ms == null ? null : { ...row, dueInMs: Math.max(0, row.due_at_ms - nowMs) };
    });
  return {
    countReplay: async (where) => await read(async (view) => await countReplay(view, where)),
    advanceReplay: async () => {
      const due = await firstDue();
      if (due === null || due.dueInMs > 0) return due?.dueInMs ?? null;
      await write(async (view) => {
        await advance(view, due);
      });
      return (await firstDue())?.dueInMs ?? null;
    },
  };
}

type Found = Pick<EventRow, "event_id" | "sequence" | "subject" | "outcome" | "test" | "operator_type"> & {
  /** 1: the body is gone. */
  readonly erased: number;
  readonly delivery_id: string | null;
  readonly status: DeliveryRow["status"] | null;
};

async function advance(view: WriteView, due: Pick<ReplayRow, "tenant_id" | "replay_id">): Promise<void> {
  // Before all else, as an erasure does: what it empties is not made due beside it.
  await lockTenant(view, due.tenant_id);
  // Takes the row till the commit: whoever else found it due waits here, and then finds it is not.
  const replay = await view.db
    .updateTable("replays")
    .set({ updated_at_ms: view.nowMs })
    .where("tenant_id", "=", due.tenant_id)
    .where("replay_id", "=", due.replay_id)
    .where("due_at_ms", "<=", view.nowMs)
    .returningAll()
    .executeTakeFirst();
  if (replay === undefined) return;
  const ref = { tenantId: replay.tenant_id, replayId: replay.replay_id };
  const endpoint = await readEndpoint(view, { tenantId: replay.tenant_id, endpointId: replay.endpoint_id });
  if (endpoint === null) {
    await endReplay(view, ref, { status: "cancelled", reason: "endpointDeleted" });
    return;
  }
  if (!endpoint.enabled && endpoint.disabledReason !== FOR_LISTENER) {
    await move(view, replay, { reason: endpoint.disabledReason, due_at_ms: view.nowMs + DISABLED_WAIT_MS });
    return;
  }
  const step = await takeStep(view, replay, endpoint);
  await move(view, replay, {
    reason: null,
    cursor: step.cursor,
    looked: replay.looked + step.looked,
    queued: replay.queued + step.queued,
    due_at_ms: view.nowMs + Math.ceil((step.queued * 1_000) / replay.per_second),
  });
  if (step.cursor >= replay.last_sequence) await endReplay(view, ref, { status: "finished", reason: null });
}

async function move(view: WriteView, replay: ReplayRow, to: Partial<ReplayRow>): Promise<void> {
  await view.db
    .updateTable("replays")
    .set(to)
    .where("tenant_id", "=", replay.tenant_id)
    .where("replay_id", "=", replay.replay_id)
    .execute();
}

/** One batch: the next places of the feed, up to as many deliveries as the rate allows at once. */
async function takeStep(
  view: WriteView,
  replay: ReplayRow,
  endpoint: Endpoint,
): Promise<{ readonly cursor: number; readonly looked: number; readonly queued: number }> {
  const most = Math.min(BATCH, Math.ceil(replay.per_second / BATCHES_PER_SECOND));
  const end = Math.min(replay.last_sequence, replay.cursor + BATCH);
  const found = await look(view, replay, end);
  const wanted = found.filter((one) => isWanted(one, { replay, endpoint }));
  const taken = wanted.slice(0, most);
  const last = wanted.length > most ? taken.at(-1) : undefined;
  const cursor = last?.sequence ?? end;
  const queued = (await reopen(view, { replay, endpoint, taken })) + (await add(view, { replay, endpoint, taken }));
  return { cursor, looked: found.filter((one) => one.sequence <= cursor).length, queued };
}

/** Events of the range up to a place, each with its delivery for the endpoint where there is one. */
async function look({ db }: WriteView, replay: ReplayRow, end: number): Promise<readonly Found[]> {
  return await db
    .selectFrom("events as e")
    .leftJoin("deliveries as d", (on) =>
      on
        .onRef("d.tenant_id", "=", "e.tenant_id")
        .onRef("d.sequence", "=", "e.sequence")
        .on("d.endpoint_id", "=", replay.endpoint_id),
    )
    .select([
      "e.event_id",
      "e.sequence",
      "e.subject",
      "e.outcome",
      "e.test",
      "e.operator_type",
      "d.delivery_id",
      "d.status",
    ])
    .select(sql<number>`case when e.body is null then 1 else 0 end`.as("erased"))
    .where("e.tenant_id", "=", replay.tenant_id)
    .where("e.sequence", ">", replay.cursor)
    .where("e.sequence", "<=", end)
    .where("e.created_at_ms", ">=", replay.since_ms)
    .where("e.created_at_ms", "<=", replay.until_ms)
    .orderBy("e.sequence")
    .execute();
}

/** Statuses that a replay makes due again; what is under way or waits comes by itself. */
const REOPENED: Readonly<Record<ReplayWhich, readonly DeliveryRow["status"][]>> = {
  dead: ["dead"],
  missing: ["skipped"],
  all: ["skipped", "dead", "delivered", "failing"],
};

function isWanted(
  found: Omit<Found, "event_id" | "sequence" | "subject" | "delivery_id">,
  { replay, endpoint }: { readonly replay: Pick<ReplayRow, "which">; readonly endpoint: Endpoint },
): boolean {
  const { erased, test, operator_type, outcome, status } = found;
  if (erased === 1 || test === 1 || (operator_type !== null) !== endpoint.operator) return false;
  // The filter of now: one that was widened gets what it skipped, and none gets what it does not want.
  const passes = endpoint.outcomes === null || outcome === null || endpoint.outcomes.includes(outcome);
  return passes && (status === null ? replay.which !== "dead" : REOPENED[replay.which].includes(status));
}

/** By what decides whether an event is wanted, so that a few rows come back whatever the range is. */
async function countReplay(
  view: ReadView,
  where: Parameters<Store["countReplay"]>[0],
): ReturnType<Store["countReplay"]> {
  const { tenantId, endpointId, sinceMs, which } = where;
  const endpoint = await readEndpoint(view, { tenantId, endpointId });
  if (endpoint === null) return null;
  const range = view.db
    .selectFrom("events")
    .select(["tenant_id", "sequence", "outcome", "test", "operator_type"])
    .select(sql<number>`case when body is null then 1 else 0 end`.as("erased"))
    .where("tenant_id", "=", tenantId)
    .where("created_at_ms", ">=", sinceMs)
    .where("created_at_ms", "<=", where.untilMs ?? view.nowMs)
    .limit(COUNTED)
    .as("e");
  const groups = await view.db
    .selectFrom(range)
    .leftJoin("deliveries as d", (on) =>
      on
        .onRef("d.tenant_id", "=", "e.tenant_id")
        .onRef("d.sequence", "=", "e.sequence")
        .on("d.endpoint_id", "=", endpointId),
    )
    .select(["e.outcome", "e.test", "e.operator_type", "e.erased", "d.status"])
    .select(({ fn }) => fn.countAll<number>().as("count"))
    .groupBy(["e.outcome", "e.test", "e.operator_type", "e.erased", "d.status"])
    .execute();
  const sum = (some: typeof groups): number => some.reduce((total, { count }) => total + count, 0);
  const events = sum(groups);
  const wanted = groups.filter((group) => isWanted(group, { replay: { which }, endpoint }));
  return { events, deliveries: sum(wanted), whole: events < COUNTED };
}

interface Chosen {
  readonly replay: ReplayRow;
  readonly endpoint: Endpoint;
  readonly taken: readonly Found[];
}

/** @returns how many it made due: one that another changed meanwhile is left to that */
async function reopen(view: WriteView, { replay, endpoint, taken }: Chosen): Promise<number> {
  const ids = taken.flatMap((one) => (one.delivery_id === null ? [] : [one.delivery_id]));
  if (ids.length === 0) return 0;
  const begun = beginsAs(view, endpoint.disabledReason);
  const rows = await view.db
    .updateTable("deliveries")
    .set({ ...begun, retries_done: 0, crashes: 0, updated_at_ms: view.nowMs })
    .where("tenant_id", "=", replay.tenant_id)
    .where("delivery_id", "in", ids)
    .where("status", "in", REOPENED[replay.which])
    .returning("delivery_id")
    .execute();
  return rows.length;
}

/** @returns how many it made: one delivery per event and endpoint, whoever else makes it at this moment */
async function add(view: WriteView, { replay, endpoint, taken }: Chosen): Promise<number> {
  const rows = taken
    .filter((one) => one.delivery_id === null)
    .map(
      (one): DeliveryRow => ({
        ...newDelivery(view),
        ...beginsAs(view, endpoint.disabledReason),
        tenant_id: replay.tenant_id,
        event_id: one.event_id,
        endpoint_id: replay.endpoint_id,
        sequence: one.sequence,
        ordered_by: endpoint.ordered ? one.subject : null,
      }),
    );
  if (rows.length === 0) return 0;
  const made = await view.db
    .insertInto("deliveries")
    .values(rows)
    .onConflict((on) => on.columns(["tenant_id", "sequence", "endpoint_id"]).doNothing())
    .returning("delivery_id")
    .execute();
  return made.length;
}
