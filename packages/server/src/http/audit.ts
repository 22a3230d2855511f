import { AuditPage, AuditQuery, type AuditRowView } from "../api/index.ts";
import type { AuditedRow } from "../store/records.ts";
import type { Store } from "../store/store.ts";
import { pagingOf } from "./paging.ts";
import { bind, defineRoute, type Route, timestamp } from "./route.ts";

export const AUDIT_SHAPES = {
  list: defineRoute({
    operationId: "listAudit",
    method: "GET",
    path: "/v1/audit",
    summary: "Who did what, oldest first: append-only and hash-chained",
    scopes: ["audit:read"],
    query: AuditQuery,
    answers: { 200: { description: "A page", schema: AuditPage } },
    problems: ["invalidCursor"],
  }),
};

/** The routes of the audit. */
export function auditRoutes({ store }: { readonly store: Pick<Store, "listAudit"> }): readonly Route[] {
  return [
    bind(AUDIT_SHAPES.list, async ({ caller, query }) => {
      const { items, next, head } = await store.listAudit({ tenantId: caller.tenantId, ...pagingOf(query) });
      return { status: 200, json: { items: items.map(auditView), next, head } };
    }),
  ];
}

function auditView({ atMs, details, ...row }: AuditedRow): AuditRowView {
  return { ...row, at: timestamp(atMs), details: { ...details } };
}
