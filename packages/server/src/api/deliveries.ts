import { type Static, Type } from "typebox";
import { closed, Id, nullable, oneOf, page, pagingQuery, Timestamp } from "./common.ts";

const DeliveryStatusName = oneOf(
  ["pending", "inFlight", "delivered", "failing", "dead", "held", "skipped"],
  "held: waits for its endpoint; skipped: final; both with the reason.",
);

const view = {
  id: Id,
  eventId: Id,
  endpointId: Id,
  status: DeliveryStatusName,
  reason: nullable(Type.String()),
  attempts: Type.Integer({ minimum: 0 }),
  nextAttemptAt: nullable({
    ...Timestamp,
    description: "null: none is planned, or it waits for one before it (`ordered`).",
  }),
  test: Type.Boolean(),
  createdAt: Timestamp,
  updatedAt: Timestamp,
};

export const DeliveryView = closed(view, { description: "One event for one endpoint." });
export type DeliveryView = Static<typeof DeliveryView>;

export const DeliveryAttemptView = closed({
  number: Type.Integer({ minimum: 1 }),
  startedAt: Timestamp,
  durationMs: Type.Number({ minimum: 0 }),
  result: oneOf(["delivered", "failed"], "What the profile made of the reply."),
  reason: nullable(Type.String()),
  httpStatus: nullable(Type.Integer()),
  reply: nullable(
    closed({
      contentType: nullable(Type.String()),
      body: Type.String({ description: "At most 16 KB, as text; bytes that are no UTF-8 are replaced." }),
    }),
  ),
});

export const DeliveryDetail = closed({ ...view, attemptLog: Type.Array(DeliveryAttemptView) });
export type DeliveryDetail = Static<typeof DeliveryDetail>;

export const DeliveriesQuery = closed({
  ...pagingQuery,
  endpointId: Type.Optional(Id),
  eventId: Type.Optional(Id),
  status: Type.Optional(DeliveryStatusName),
});
export const DeliveriesPage = page(DeliveryView);
export type DeliveriesPage = Static<typeof DeliveriesPage>;
