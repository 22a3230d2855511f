import type { AttemptResult, ClaimedDelivery } from "../../store/store.ts";

/** Sees every lease and every result that the store took, and knows which lease was the last. */
export interface LeaseWatch {
  readonly violations: string[];
  claimed(deliveries: readonly ClaimedDelivery[]): void;
  /** The store answered `recorded`. */
  recorded(result: AttemptResult): void;
}

export function createLeaseWatch(): LeaseWatch {
  const last = new Map<string, number>();
  const violations: string[] = [];
  return {
    violations,
    claimed: (deliveries) => {
      for (const { deliveryId, fencingToken } of deliveries) {
        if ((last.get(deliveryId) ?? 0) >= fencingToken) violations.push(`F27: ${deliveryId} was leased twice`);
        last.set(deliveryId, fencingToken);
      }
    },
    recorded: ({ deliveryId, fencingToken }) => {
      if (fencingToken < (last.get(deliveryId) ?? 0)) violations.push(`F28: a stale result of ${deliveryId} was taken`);
    },
  };
}
