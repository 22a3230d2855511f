import { newId } from "@sameface/contract";
import { PagingQuery, TenantBody, TenantCreated, TenantsPage, type TenantView } from "../api/index.ts";
import type { Random } from "../random.ts";
import type { Tenant } from "../store/records.ts";
import type { Store } from "../store/store.ts";
import { hashApiKey, makeApiKey } from "./api-key.ts";
import { pagingOf } from "./paging.ts";
import { bind, defineRoute, problem, type Route, timestamp } from "./route.ts";

export const TENANT_SHAPES = {
  create: defineRoute({
    operationId: "createTenant",
    method: "POST",
    path: "/v1/tenants",
    summary: "Make a tenant and its first key",
    scopes: ["root"],
    fresh: true,
    body: { kind: "json", schema: TenantBody },
    answers: { 201: { description: "The tenant, with its key this once", schema: TenantCreated } },
    problems: ["nameTaken"],
  }),
  list: defineRoute({
    operationId: "listTenants",
    method: "GET",
    path: "/v1/tenants",
    summary: "Every tenant",
    scopes: ["root"],
    query: PagingQuery,
    answers: { 200: { description: "A page", schema: TenantsPage } },
    problems: ["invalidCursor"],
  }),
};

/** The routes of tenants; the root's alone. */
export function tenantRoutes(parts: {
  readonly store: Pick<Store, "createTenant" | "createKey" | "listTenants">;
  readonly random: Random;
}): readonly Route[] {
  const { store, random } = parts;
  return [
    bind(TENANT_SHAPES.create, async ({ caller: { actor }, body: { name } }) => {
      const tenantId = newId(random);
      const audit = { actor, action: "tenant.created", target: `tenant:${tenantId}`, details: {} };
      const tenant = await store.createTenant({ tenantId, name, audit });
      if ("kind" in tenant) return problem("nameTaken", "Another tenant has this name.");
      const key = makeApiKey(random);
      const keyId = newId(random);
      await store.createKey({
        tenantId,
        keyId,
        name: "first key",
        hash: hashApiKey(key),
        scopes: ["admin"],
        expiresAtMs: null,
        audit: { actor, action: "key.created", target: `key:${keyId}`, details: { scopes: "admin" } },
      });
      const json: TenantCreated = { ...tenantView(tenant), key };
      return { status: 201, json };
    }),
    bind(TENANT_SHAPES.list, async ({ query }) => {
      const { items, next } = await store.listTenants(pagingOf(query));
      return { status: 200, json: { items: items.map(tenantView), next } };
    }),
  ];
}

function tenantView({ tenantId, name, createdAtMs }: Tenant): TenantView {
  return { tenantId, name, createdAt: timestamp(createdAtMs) };
}
