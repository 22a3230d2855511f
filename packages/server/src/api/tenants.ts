import { type Static, Type } from "typebox";
import { closed, Name, page, Timestamp } from "./common.ts";

export const TenantBody = closed({ name: Name });

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
