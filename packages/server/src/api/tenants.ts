import { type Static, Type } from "typebox";
import { closed, Name, nullable, page, Timestamp } from "./common.ts";

export const TenantBody = closed({ name: Name });
export const TenantParams = closed({
  tenantId: Type.String({
    pattern: "^([0-9a-f]{24}|default)$",
    description: "The id that the tenant was made with, or default.",
  }),
});

const bound = (description: string) => Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, description });
const COUNTED = {
  customers: "Enrolled customers.",
  endpoints: "Endpoints and streams.",
  keys: "Keys that are not revoked.",
  pictureBytes: "Bytes of kept pictures, sealed.",
} as const;

/** Bounds on what a tenant may have; left out or null: no bound. What is there already stays. */
export const Quotas = closed({
  customers: Type.Optional(nullable(bound(COUNTED.customers))),
  endpoints: Type.Optional(nullable(bound(COUNTED.endpoints))),
  keys: Type.Optional(nullable(bound(COUNTED.keys))),
  pictureBytes: Type.Optional(nullable(bound(COUNTED.pictureBytes))),
});

const used = (description: string) => closed({ used: bound(description), most: nullable(bound("null: no bound.")) });

export const QuotasInForce = closed({
  customers: used(COUNTED.customers),
  endpoints: used(COUNTED.endpoints),
  keys: used(COUNTED.keys),
  pictureBytes: used(COUNTED.pictureBytes),
});
export type QuotasInForce = Static<typeof QuotasInForce>;

const view = { tenantId: Type.String(), name: Type.String(), createdAt: Timestamp };

export const TenantView = closed(view);
export type TenantView = Static<typeof TenantView>;

export const TenantCreated = closed({
  ...view,
  key: Type.String({ description: "The tenant's first key, scope admin. Shown this once." }),
});
export type TenantCreated = Static<typeof TenantCreated>;

export const TenantsPage = page(TenantView);
export type TenantsPage = Static<typeof TenantsPage>;
