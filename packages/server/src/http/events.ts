import { EventsPage, EventsQuery } from "../api/index.ts";
import type { Store } from "../store/store.ts";
import { eventView } from "./authentication-views.ts";
import { pagingOf } from "./paging.ts";
import { bind, defineRoute, type Route } from "./route.ts";

export const EVENT_SHAPES = {
  list: defineRoute({
    operationId: "listEvents",
    method: "GET",
    path: "/v1/events",
    summary: "Everything that happened, oldest first, for reconciliation: never skips, never reorders",
    scopes: ["events:read"],
    query: EventsQuery,
    answers: { 200: { description: "A page of the feed", schema: EventsPage } },
    problems: ["invalidCursor"],
  }),
};

/** The routes of the event feed. */
export function eventRoutes({ store }: { readonly store: Pick<Store, "listEvents"> }): readonly Route[] {
  return [
    bind(EVENT_SHAPES.list, async ({ caller, query }) => {
      const { items, next } = await store.listEvents({ tenantId: caller.tenantId, ...pagingOf(query) });
      return { status: 200, json: { items: items.map(eventView), next } };
    }),
  ];
}
