import { type RawBuilder, sql } from "kysely";
import type { Lease } from "../queries/backend.ts";

/** Ids as one parameter. */
export function listed(ids: readonly string[]): RawBuilder<string> {
  return sql`(select unnest(${ids}::text[]))`;
}

/** Leases as two parameters. */
export function leases(of: readonly Lease[]): RawBuilder<readonly [string, number]> {
  const ids = of.map(({ deliveryId }) => deliveryId);
  const tokens = of.map(({ fencingToken }) => fencingToken);
  return sql`(select * from unnest(${ids}::text[], ${tokens}::int8[]))`;
}
