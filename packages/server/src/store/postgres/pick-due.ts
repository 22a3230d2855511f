import { type RawBuilder, sql } from "kysely";
import type { PickedDelivery, ReadView, WriteView } from "../queries/backend.ts";
import { type LaneBounds, type LaneLoad, laneRoom, roomyOf } from "../queries/lane-room.ts";
import type { AtMs } from "../records.ts";
import type { ClaimRequest } from "../store.ts";

interface LaneRow extends LaneBounds {
  tenant_id: string;
  endpoint_id: string;
  /** The place of its oldest in the index of what is due. */
  oldest_due_at_ms: AtMs;
  oldest_sequence: number;
}

/**
 * What to claim now, fair across endpoints: the oldest of each lane, then the second of each, and so on. The endpoints are
 * locked until the commit, so that two nodes never count the same free places, and that one that is being disabled
 * is not claimed from; lanes that another node claims from at this moment are left to it.
 */
export async function pickDue(view: WriteView, request: ClaimRequest): Promise<readonly PickedDelivery[]> {
  const lanes = await lockOpenLanes(view, request);
  if (lanes.length === 0) return [];
  const rooms = await roomsOf(view, lanes, request);
  const deepest = Math.min(request.limit, Math.max(...rooms));
  // As deep as it takes to fill the claim: where every lane has much, a few of each are enough.
  for (let depth = Math.ceil(request.limit / lanes.length); ; depth *= 2) {
    const limits = rooms.map((room) => Math.min(room, depth));
    const picked = await pickFrom(view, lanes, { limits, limit: request.limit });
    const mayHaveMore = depth < deepest && picked.some((one) => one.turn === depth);
    if (picked.length === request.limit || !mayHaveMore) {
      return picked.map(toPicked);
    }
  }
}

interface PickedRow {
  tenant_id: string;
  delivery_id: string;
  event_id: string;
  endpoint_id: string;
  /** 1: the one of its lane that has been due longest. */
  turn: number;
  due_at_ms: AtMs;
  is_ordered: boolean;
}

function toPicked(row: PickedRow): PickedDelivery {
  return {
    tenantId: row.tenant_id,
    deliveryId: row.delivery_id,
    eventId: row.event_id,
    endpointId: row.endpoint_id,
    isOrdered: row.is_ordered,
  };
}

/** The oldest of each lane up to its limit, locked, in turns. */
async function pickFrom(
  { db, nowMs }: WriteView,
  lanes: readonly LaneRow[],
  bound: { readonly limits: readonly number[]; readonly limit: number },
): Promise<readonly PickedRow[]> {
  const { rows } = await sql<PickedRow>`
    with candidate as materialized (
      select lane.tenant_id, o.delivery_id, o.due_at_ms, o.turn
      from unnest(
        ${tenantsOf(lanes)}::text[], ${endpointsOf(lanes)}::text[], ${bound.limits}::int8[],
        ${lanes.map((lane) => lane.oldest_due_at_ms)}::int8[], ${lanes.map((lane) => lane.oldest_sequence)}::int8[]
      ) as lane (tenant_id, endpoint_id, most, oldest_due_at_ms, oldest_sequence)
      cross join lateral (
        select d.delivery_id, d.due_at_ms, row_number() over (order by d.due_at_ms, d.sequence) as turn
        from deliveries d
        where d.tenant_id = lane.tenant_id and d.endpoint_id = lane.endpoint_id and d.due_at_ms <= ${nowMs}
          -- Past what the first look at the lane went through already: entries of what has ended, until a vacuum.
          and (d.due_at_ms, d.sequence) >= (lane.oldest_due_at_ms, lane.oldest_sequence)
        order by d.due_at_ms, d.sequence
        limit lane.most
      ) o
      order by o.turn, o.due_at_ms
      limit ${bound.limit}
    )
    select c.tenant_id, c.delivery_id, c.turn, c.due_at_ms, locked.*
    from candidate c
    -- Row by row by its key: as a join it is planned as one with the whole table, as long as that is small; and
    -- "coalesce" keeps it from the index of what is due, which seems empty where statistics are older than a backlog.
    cross join lateral (
      select d.event_id, d.endpoint_id, d.ordered_by is not null as is_ordered
      from deliveries d
      where d.tenant_id = c.tenant_id and d.delivery_id = c.delivery_id and coalesce(d.due_at_ms, ${nowMs + 1}) <= ${nowMs}
      for no key update skip locked
    ) locked`.execute(db);
  return rows.toSorted((a, b) => (a.turn === b.turn ? a.due_at_ms - b.due_at_ms : a.turn - b.turn));
}

const tenantsOf = (lanes: readonly LaneRow[]): readonly string[] => lanes.map((lane) => lane.tenant_id);
const endpointsOf = (lanes: readonly LaneRow[]): readonly string[] => lanes.map((lane) => lane.endpoint_id);

/** Counted by a statement of its own: it sees what others had committed when the lanes were locked. */
async function roomsOf(
  { db, nowMs }: WriteView,
  lanes: readonly LaneRow[],
  request: ClaimRequest,
): Promise<readonly number[]> {
  const { rows } = await sql<LaneLoad>`
    select load.* from unnest(${tenantsOf(lanes)}::text[], ${endpointsOf(lanes)}::text[])
      with ordinality as lane (tenant_id, endpoint_id, place)
    cross join lateral (
      select count(*) as in_flight, ${ofOthers(request)} as of_others
      ${inFlight(nowMs)}
    ) load
    order by lane.place`.execute(db);
  return lanes.map((lane, at) => {
    const load = rows[at];
    return load === undefined ? 0 : laneRoom({ ...lane, ...load }, { ...request, nowMs });
  });
}

/** Enabled endpoints, not slowed, with room and something due; those that waited longest first. */
async function lockOpenLanes({ db, nowMs }: WriteView, request: ClaimRequest): Promise<readonly LaneRow[]> {
  const { rows } = await sql<LaneRow>`
    with recursive ${LANES}
    select lane.*, e.ramp, e.rate_limit, e.rate_free_at_us
    from lane
    join endpoints e on e.tenant_id = lane.tenant_id and e.endpoint_id = lane.endpoint_id
    where e.disabled_reason is null and (e.slowed_until_ms is null or e.slowed_until_ms <= ${nowMs})
      and (e.rate_limit is null or e.rate_free_at_us is null or e.rate_free_at_us <= ${nowMs * 1_000})
      and lane.oldest_due_at_ms <= ${nowMs}
      -- Exactly those that have room, as "laneRoom" says: others would take the places of a claim and give nothing.
      and (
        select (e.ramp is null or count(*) < e.ramp) and (count(*) < ${request.perEndpoint}::int8 or (
          lane.endpoint_id = any(${roomyOf(request)}::text[]) and ${ofOthers(request)} = 0
        ))
        ${inFlight(nowMs)}
      )
    order by lane.oldest_due_at_ms
    limit ${request.limit}
    for no key update of e skip locked`.execute(db);
  return rows;
}

/** When the next delivery can be claimed: what waits, not before its endpoint is slowed, or a lease that runs out. */
export async function earliestDue({ db }: ReadView): Promise<AtMs | null> {
  const { rows } = await sql<{ due_at_ms: number | null }>`
    with recursive ${LANES}
    select min(due_at_ms) as due_at_ms from (
      select greatest(
        lane.oldest_due_at_ms, coalesce(e.slowed_until_ms, 0), coalesce(e.rate_free_at_us + 999, 0) / 1000
      ) as due_at_ms
      from lane
      join endpoints e on e.tenant_id = lane.tenant_id and e.endpoint_id = lane.endpoint_id
      where e.disabled_reason is null
      union all
      select min(due_at_ms) from deliveries where status = 'inFlight'
    ) due`.execute(db);
  return rows[0]?.due_at_ms ?? null;
}

/** A loose index scan: from each lane straight to the next one, without reading what waits in it (rule 8). */
const LANES: RawBuilder<unknown> = sql`
  lane (tenant_id, endpoint_id, oldest_due_at_ms, oldest_sequence) as (
    (select d.tenant_id, d.endpoint_id, d.due_at_ms, d.sequence from deliveries d where d.due_at_ms is not null
      order by d.tenant_id, d.endpoint_id, d.due_at_ms, d.sequence limit 1)
    union all
    select n.* from lane cross join lateral (
      select d.tenant_id, d.endpoint_id, d.due_at_ms, d.sequence from deliveries d
      where d.due_at_ms is not null and (d.tenant_id, d.endpoint_id) > (lane.tenant_id, lane.endpoint_id)
      order by d.tenant_id, d.endpoint_id, d.due_at_ms, d.sequence limit 1
    ) n
  )`;

/** A lease that ran out counts as due, not as in flight. */
function inFlight(nowMs: AtMs): RawBuilder<unknown> {
  return sql`from deliveries f
    where f.tenant_id = lane.tenant_id and f.endpoint_id = lane.endpoint_id
      and f.status = 'inFlight' and f.due_at_ms > ${nowMs}`;
}

function ofOthers({ holder }: Pick<ClaimRequest, "holder">): RawBuilder<number> {
  return sql`count(*) filter (where f.leased_by is distinct from ${holder?.holderId ?? null}::text)`;
}
