import type { Clock } from "../clock.ts";

/** Requests of each tenant, bounded, so that one that asks too much leaves the rest its share (S32). */
export interface TenantRate {
  /** Takes one request; answers 0, or in how many seconds there is room for one again. */
  take(tenantId: string): number;
}

/** Tenants that are remembered; whoever was asked about longest ago is forgotten, and may have a full second again. */
const MOST_TENANTS = 10_000;

/**
 * A full second at once, and then as they come, by this process alone: two nodes let twice as many through.
 * @param options.perSecond `null`: no bound
 */
export function createTenantRate(options: { readonly clock: Clock; readonly perSecond: number | null }): TenantRate {
  const { clock, perSecond } = options;
  if (perSecond === null) return { take: () => 0 };
  const gapMs = 1_000 / perSecond;
  /** When the tenant will have its full second again. */
  const fullAtMs = new Map<string, number>();
  return {
    take: (tenantId) => {
      const nowMs = clock.monotonicMs();
      const nextMs = Math.max(nowMs, fullAtMs.get(tenantId) ?? nowMs) + gapMs;
      const overMs = nextMs - nowMs - 1_000;
      // Sums of thirds and sevenths of a second miss the whole one by a hair.
      if (overMs > 1e-6) return Math.ceil(overMs / 1_000);
      fullAtMs.delete(tenantId);
      fullAtMs.set(tenantId, nextMs);
      const [oldest] = fullAtMs.keys();
      if (fullAtMs.size > MOST_TENANTS && oldest !== undefined) fullAtMs.delete(oldest);
      return 0;
    },
  };
}
