import type { AtMs } from "../records.ts";
import type { ClaimRequest } from "../store.ts";
import type { WriteView } from "./backend.ts";
import type { EndpointRow } from "./tables.ts";

/** What bounds the claim of one endpoint, beside what is in flight. */
export type LaneBounds = Pick<EndpointRow, "ramp" | "rate_limit" | "rate_free_at_us">;

const SECOND_US = 1_000_000;
/** A tenth of a second's worth may go at once: a claim comes every few milliseconds, not for each request. */
const BURSTS_A_SECOND = 10;

/** Leases of an endpoint that have not run out. */
export interface LaneLoad {
  readonly in_flight: number;
  /** Those of them that are not the claiming worker's. */
  readonly of_others: number;
}

/**
 * How many more may be claimed of an endpoint now: the bound of every endpoint, of its recovery, and of its own rate,
 * which is a token bucket kept as the time at which the next token is there. Where all that is in flight is the
 * worker's own, it says how many more it takes.
 */
export function laneRoom(
  lane: LaneBounds & LaneLoad & { readonly endpoint_id: string },
  { perEndpoint, holder, nowMs }: Pick<ClaimRequest, "perEndpoint" | "holder"> & { readonly nowMs: AtMs },
): number {
  const own = holder?.rooms.get(lane.endpoint_id) ?? null;
  const free = perEndpoint - lane.in_flight;
  const room = own === null || lane.of_others > 0 ? Math.min(own ?? free, free) : own;
  const recovering = lane.ramp === null ? room : lane.ramp - lane.in_flight;
  return Math.max(0, Math.min(room, recovering, tokens(lane, nowMs)));
}

/** Endpoints of which the worker takes more, whatever is in flight. */
export function roomyOf({ holder }: Pick<ClaimRequest, "holder">): readonly string[] {
  return [...(holder?.rooms ?? [])].flatMap(([endpointId, room]) => (room > 0 ? [endpointId] : []));
}

function tokens({ rate_limit, rate_free_at_us }: LaneBounds, nowMs: AtMs): number {
  if (rate_limit === null) return Number.MAX_SAFE_INTEGER;
  const nowUs = nowMs * 1_000;
  const earliestUs = earliest({ rate_limit, rate_free_at_us }, nowUs);
  return nowUs < earliestUs ? 0 : Math.floor(((nowUs - earliestUs) * rate_limit) / SECOND_US) + 1;
}

/** The oldest token that is still there: an endpoint that was idle saves no more than one burst. */
function earliest(
  lane: { readonly rate_limit: number; readonly rate_free_at_us: number | null },
  nowUs: number,
): number {
  const burst = Math.max(1, Math.floor(lane.rate_limit / BURSTS_A_SECOND));
  const oldestUs = nowUs - Math.floor(((burst - 1) * SECOND_US) / lane.rate_limit);
  return Math.max(oldestUs, lane.rate_free_at_us ?? 0);
}

/** Takes tokens for what was claimed, in the transaction of the claim: the rate holds over all nodes. */
export async function spendRate(
  view: WriteView,
  endpoint: Pick<EndpointRow, "tenant_id" | "endpoint_id" | "rate_limit" | "rate_free_at_us">,
  claimed: number,
): Promise<void> {
  const { rate_limit } = endpoint;
  if (rate_limit === null || claimed === 0) return;
  const from = earliest({ ...endpoint, rate_limit }, view.nowMs * 1_000);
  await view.db
    .updateTable("endpoints")
    .set({ rate_free_at_us: from + Math.ceil((claimed * SECOND_US) / rate_limit) })
    .where("tenant_id", "=", endpoint.tenant_id)
    .where("endpoint_id", "=", endpoint.endpoint_id)
    .execute();
}
