import { OperatorEventsPage, type OperatorEventView, PagingQuery } from "../api/index.ts";
import type { OperatorEvent } from "../store/records.ts";
import type { Store } from "../store/store.ts";
import { pagingOf } from "./paging.ts";
import { bind, defineRoute, type Route } from "./route.ts";

export const OPERATOR_EVENT_SHAPES = {
  list: defineRoute({
    operationId: "listOperatorEvents",
    method: "GET",
    path: "/v1/operator-events",
    summary: "What operators should know, oldest first: endpoints that fail or recover, dead deliveries, replays, gaps",
    scopes: ["events:read"],
    query: PagingQuery,
    answers: { 200: { description: "A page of the feed", schema: OperatorEventsPage } },
    problems: ["invalidCursor"],
  }),
};

/** The routes of operator events. */
export function operatorEventRoutes({
  store,
}: {
  readonly store: Pick<Store, "listOperatorEvents">;
}): readonly Route[] {
  return [
    bind(OPERATOR_EVENT_SHAPES.list, async ({ caller, query }) => {
      const { items, next } = await store.listOperatorEvents({ tenantId: caller.tenantId, ...pagingOf(query) });
      return { status: 200, json: { items: items.map(operatorEventView), next } };
    }),
  ];
}

function operatorEventView({ eventId, body }: OperatorEvent): OperatorEventView {
  if (body === null) return { id: eventId, erased: true };
  // Written by recordOperatorEvent alone.
  return JSON.parse(new TextDecoder().decode(body)) as OperatorEventView;
}
