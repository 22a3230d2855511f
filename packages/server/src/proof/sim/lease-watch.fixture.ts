import type { AttemptResult, ClaimedDelivery, ClaimRequest } from "../../store/store.ts";
import { StoreError } from "../../store/store-error.ts";
import type { SelectWith } from "../read-rows.fixture.ts";

/** Sees every lease and every result that the store took, and knows which lease was the last. */
export interface LeaseWatch {
  readonly violations: string[];
  /** Called with the answer before anything else happens to the store. */
  claimed(deliveries: readonly ClaimedDelivery[], request: ClaimRequest): Promise<void>;
  /** A call failed; where neither the plan nor the database is to blame, the store's own code is. */
  failed(call: string, error: unknown): void;
  /** The store answered `recorded`. */
  recorded(result: AttemptResult): void;
}

/** What one node alone has leased ahead is its own affair; where two send to an endpoint, they share its bound. */
const CROWDED = `select endpoint_id from deliveries where status = 'inFlight' and due_at_ms > ?
  group by endpoint_id having count(*) > ? and min(leased_by) <> max(leased_by)`;

export function createLeaseWatch(select: SelectWith): LeaseWatch {
  const last = new Map<string, number>();
  const violations: string[] = [];
  return {
    violations,
    claimed: async (deliveries, { perEndpoint, leaseMs }) => {
      for (const { deliveryId, fencingToken } of deliveries) {
        if ((last.get(deliveryId) ?? 0) >= fencingToken) violations.push(`F27: ${deliveryId} was leased twice`);
        last.set(deliveryId, fencingToken);
      }
      const [first] = deliveries;
      if (first === undefined) return;
      const crowded = await select(CROWDED, [first.leaseUntilMs - leaseMs, perEndpoint]);
      for (const row of crowded) violations.push(`F22: ${String(row["endpoint_id"])} has more in flight than it may`);
    },
    failed: (call, error) => {
      const cause = error instanceof StoreError ? error.cause : error;
      if (cause instanceof Error && !("errcode" in cause)) violations.push(`${call} broke: ${cause.message}`);
    },
    recorded: ({ deliveryId, fencingToken }) => {
      if (fencingToken < (last.get(deliveryId) ?? 0)) violations.push(`F28: a stale result of ${deliveryId} was taken`);
    },
  };
}
