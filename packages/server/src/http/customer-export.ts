import { CustomerExport, CustomerParams, PagingQuery } from "../api/index.ts";
import { readCustomer } from "../customers/manage.ts";
import type { Store } from "../store/store.ts";
import { authenticationView, eventView } from "./authentication-views.ts";
import { customerView } from "./customer-views.ts";
import { type CustomerRouteParts, changeOf, unknownCustomer, viewContext } from "./customers.ts";
import { pagingOf } from "./paging.ts";
import { pictureFacts } from "./pictures.ts";
import { bind, defineRoute, type Route } from "./route.ts";

export const CUSTOMER_EXPORT_SHAPES = {
  read: defineRoute({
    operationId: "exportCustomer",
    method: "GET",
    path: "/v1/customers/{customerId}/export",
    summary: "All that is kept of a customer, templates aside, for the customer; page by page, each page audited",
    // More than reading a customer opens: notifications, with the score of a pass.
    scopes: ["customers:write"],
    fresh: true,
    params: CustomerParams,
    query: PagingQuery,
    answers: { 200: { description: "A page", schema: CustomerExport } },
    problems: ["unknownCustomer", "invalidCursor"],
  }),
};

/** What the export reads beside the customer. */
export interface CustomerExportParts extends CustomerRouteParts {
  readonly store: CustomerRouteParts["store"] &
    Pick<Store, "listAuthentications" | "readEvent" | "listPictures" | "recordAudit">;
}

/** The route that a customer's data leave by. */
export function customerExportRoutes(parts: CustomerExportParts): readonly Route[] {
  const { store, vault } = parts;
  return [
    bind(CUSTOMER_EXPORT_SHAPES.read, async (call) => {
      const { tenantId, customerId, actor } = changeOf(call);
      const customer = await readCustomer(parts, { tenantId, customerId });
      if (customer === null) return unknownCustomer();
      const target = `customer:${vault.subject(tenantId, customerId)}`;
      // Before anything is told: what is not in the audit was not seen.
      await store.recordAudit({ tenantId, audit: { actor, action: "customer.exported", target, details: {} } });
      const where = { tenantId, customerId, outcome: null, ...pagingOf(call.query) };
      const { items, next } = await store.listAuthentications(where);
      const kept = await store.listPictures({ tenantId, authenticationIds: items.map((one) => one.authenticationId) });
      const pictures = new Map(kept.map((one) => [one.authenticationId, pictureFacts(one)]));
      const authentications: CustomerExport["authentications"] = [];
      for (const one of items) {
        const event = await store.readEvent({ tenantId, eventId: one.eventId });
        authentications.push({
          ...authenticationView(one),
          event: event === null ? null : eventView(event),
          picture: pictures.get(one.authenticationId) ?? null,
        });
      }
      const view = customerView(customer, await viewContext(parts, tenantId));
      const json: CustomerExport = { customer: view, authentications, next };
      return { status: 200, json };
    }),
  ];
}
