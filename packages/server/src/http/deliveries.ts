import { DeliveriesPage, DeliveriesQuery, DeliveryDetail, DeliveryView, IdParams } from "../api/index.ts";
import type { DeliveryAttempt } from "../store/records.ts";
import type { Store } from "../store/store.ts";
import { deliveryView } from "./authentication-views.ts";
import { pagingOf } from "./paging.ts";
import { bind, defineRoute, type ProblemAnswer, problem, type Route, timestamp } from "./route.ts";

const READ = ["events:read", "deliveries:write"] as const;

export const DELIVERY_SHAPES = {
  list: defineRoute({
    operationId: "listDeliveries",
    method: "GET",
    path: "/v1/deliveries",
    summary: "One row for each event and endpoint, newest first",
    scopes: READ,
    query: DeliveriesQuery,
    answers: { 200: { description: "A page", schema: DeliveriesPage } },
    problems: ["invalidCursor"],
  }),
  read: defineRoute({
    operationId: "readDelivery",
    method: "GET",
    path: "/v1/deliveries/{id}",
    summary: "One delivery with every attempt",
    scopes: READ,
    params: IdParams,
    answers: { 200: { description: "The delivery", schema: DeliveryDetail } },
    problems: ["notFound"],
  }),
  retry: defineRoute({
    operationId: "retryDelivery",
    method: "POST",
    path: "/v1/deliveries/{id}/retry",
    summary: "Make it due at once, on a fresh schedule: same id, same bytes. Audited.",
    scopes: ["deliveries:write"],
    params: IdParams,
    answers: { 200: { description: "The delivery, due", schema: DeliveryView } },
    problems: ["notFound", "inFlight", "nothingToSend", "endpointUnavailable"],
  }),
};

/** The routes of deliveries. */
export function deliveryRoutes(parts: {
  readonly store: Pick<Store, "listDeliveries" | "readDelivery" | "retryDelivery">;
}): readonly Route[] {
  const { store } = parts;
  return [
    bind(DELIVERY_SHAPES.list, async ({ caller: { tenantId }, query }) => {
      const { endpointId = null, eventId = null, status = null, ...paging } = query;
      const { items, next } = await store.listDeliveries({
        tenantId,
        endpointId,
        eventId,
        status,
        ...pagingOf(paging),
      });
      return { status: 200, json: { items: items.map(deliveryView), next } };
    }),
    bind(DELIVERY_SHAPES.read, async ({ caller: { tenantId }, params }) => {
      const found = await store.readDelivery({ tenantId, deliveryId: params.id });
      if (found === null) return NOT_RETRIED.unknown();
      const json: DeliveryDetail = { ...deliveryView(found), attemptLog: found.attemptLog.map(attemptView) };
      return { status: 200, json };
    }),
    bind(DELIVERY_SHAPES.retry, async ({ caller: { tenantId, actor }, params }) => {
      const audit = { actor, action: "delivery.retried", target: `delivery:${params.id}`, details: {} };
      const result = await store.retryDelivery({ tenantId, deliveryId: params.id, audit });
      return "kind" in result ? NOT_RETRIED[result.kind]() : { status: 200, json: deliveryView(result) };
    }),
  ];
}

const NOT_RETRIED: Readonly<Record<"unknown" | "busy" | "erased" | "endpointUnavailable", () => ProblemAnswer>> = {
  unknown: () => problem("notFound", "No delivery of this tenant has the id."),
  busy: () => problem("inFlight", "An attempt is under way; wait for its result."),
  erased: () => problem("nothingToSend", "The customer was erased, and the body with it."),
  endpointUnavailable: () => problem("endpointUnavailable", "Enable the endpoint first, or make a new one."),
};

function attemptView(attempt: DeliveryAttempt): DeliveryDetail["attemptLog"][number] {
  const { replyBody } = attempt;
  return {
    number: attempt.number,
    startedAt: timestamp(attempt.startedAtMs),
    durationMs: attempt.durationMs,
    result: attempt.result,
    reason: attempt.reason,
    httpStatus: attempt.httpStatus,
    reply:
      replyBody === null ? null : { contentType: attempt.replyContentType, body: new TextDecoder().decode(replyBody) },
  };
}
