import { type RawBuilder, sql } from "kysely";
import type { DeliveryStatus } from "../records.ts";

/**
 * Deliveries of some statuses, in the very words of the partial indices over `deliveries`: a database reads such an index
 * only where it sees, without values that are bound later, that all it is asked for is in it.
 */
export function hasStatus(...statuses: readonly [DeliveryStatus, ...DeliveryStatus[]]): RawBuilder<boolean> {
  const [first, ...more] = statuses.map((status) => sql.lit(status));
  const has = more.length === 0 ? sql`status = ${first}` : sql`status in (${sql.join([first, ...more])})`;
  return statuses.includes("inFlight") ? sql<boolean>`(${has})` : sql<boolean>`(${has} and status <> 'inFlight')`;
}
