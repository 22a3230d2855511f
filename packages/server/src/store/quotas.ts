import type { Audited, InTenant } from "./store.ts";

/** What a tenant may have a bounded number of. */
export const QUOTA_RESOURCES = ["customers", "endpoints", "keys", "pictureBytes"] as const;
/** One of {@link QUOTA_RESOURCES}. */
export type QuotaResource = (typeof QUOTA_RESOURCES)[number];

/** The most of each; `null`: no bound. */
export type Quotas = Readonly<Record<QuotaResource, number | null>>;

/** The part of the port that bounds what a tenant may have. */
export interface QuotaStore {
  /** `null`: no such tenant. */
  readQuotas(
    where: InTenant,
  ): Promise<{ readonly most: Quotas; readonly used: Readonly<Record<QuotaResource, number>> } | null>;
  /** False: no such tenant. What is there already stays, however much. */
  writeQuotas(where: InTenant & Audited & { readonly most: Quotas }): Promise<boolean>;
}
