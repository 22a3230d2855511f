import { type RawBuilder, sql } from "kysely";
import type { Lease } from "../queries/backend.ts";

/** Ids as one parameter. */
export function listed(ids: readonly string[]): RawBuilder<string> {
  return sql`(select value from json_each(${JSON.stringify(ids)}))`;
}

/** Leases as one parameter. */
export function leases(of: readonly Lease[]): RawBuilder<readonly [string, number]> {
  const pairs = JSON.stringify(of.map(({ deliveryId, fencingToken }) => [deliveryId, fencingToken]));
  return sql`(select value ->> 0, value ->> 1 from json_each(${pairs}))`;
}
