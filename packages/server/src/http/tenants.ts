import { newId } from "@sameface/contract";
import {
  PagingQuery,
  Quotas,
  QuotasInForce,
  TenantBody,
  TenantCreated,
  TenantParams,
  TenantsPage,
  type TenantView,
} from "../api/index.ts";
import type { Random } from "../random.ts";
import type { QuotaResource } from "../store/quotas.ts";
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
  writeQuotas: defineRoute({
    operationId: "writeQuotas",
    method: "PUT",
    path: "/v1/tenants/{tenantId}/quotas",
    summary: "Bound what a tenant may have; what it has already stays. Audited there.",
    scopes: ["root"],
    params: TenantParams,
    body: { kind: "json", schema: Quotas },
    answers: { 200: { description: "The bounds, and how much there is", schema: QuotasInForce } },
    problems: ["notFound"],
  }),
  readTenantQuotas: defineRoute({
    operationId: "readTenantQuotas",
    method: "GET",
    path: "/v1/tenants/{tenantId}/quotas",
    summary: "What a tenant has, and what it may have",
    scopes: ["root"],
    params: TenantParams,
    answers: { 200: { description: "The bounds, and how much there is", schema: QuotasInForce } },
    problems: ["notFound"],
  }),
  readQuotas: defineRoute({
    operationId: "readQuotas",
    method: "GET",
    path: "/v1/quotas",
    summary: "What the tenant has, and what it may have",
    scopes: ["audit:read", "policy:write"],
    answers: { 200: { description: "The bounds, and how much there is", schema: QuotasInForce } },
    problems: ["notFound"],
  }),
};

/** The routes of tenants; the root's alone. */
export function tenantRoutes(parts: {
  readonly store: Pick<Store, "createTenant" | "createKey" | "listTenants" | "readQuotas" | "writeQuotas">;
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
    ...quotaRoutes(store),
  ];
}

function quotaRoutes(store: Pick<Store, "readQuotas" | "writeQuotas">): readonly Route[] {
  return [
    bind(TENANT_SHAPES.writeQuotas, async ({ caller: { actor }, params: { tenantId }, body }) => {
      const { customers = null, endpoints = null, keys = null, pictureBytes = null } = body;
      const most = { customers, endpoints, keys, pictureBytes };
      const audit = { actor, action: "quotas.changed", target: `tenant:${tenantId}`, details: most };
      await store.writeQuotas({ tenantId, most, audit });
      return quotasOf(await store.readQuotas({ tenantId }));
    }),
    bind(TENANT_SHAPES.readTenantQuotas, async ({ params }) => quotasOf(await store.readQuotas(params))),
    bind(TENANT_SHAPES.readQuotas, async ({ caller }) => quotasOf(await store.readQuotas(caller))),
  ];
}

function quotasOf(read: Awaited<ReturnType<Store["readQuotas"]>>) {
  if (read === null) return problem("notFound", "No tenant has the id.");
  const { most, used } = read;
  const of = (one: QuotaResource) => ({ used: used[one], most: most[one] });
  const json: QuotasInForce = {
    customers: of("customers"),
    endpoints: of("endpoints"),
    keys: of("keys"),
    pictureBytes: of("pictureBytes"),
  };
  return { status: 200, json } as const;
}

function tenantView({ tenantId, name, createdAtMs }: Tenant): TenantView {
  return { tenantId, name, createdAt: timestamp(createdAtMs) };
}
