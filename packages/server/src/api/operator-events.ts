import { type Static, Type } from "typebox";
import { closed, Id, nullable, oneOf, Timestamp } from "./common.ts";
import { ErasedEvent } from "./events.ts";

/** One envelope for all types: also the body that operator endpoints receive, signed as any other. */
export const OperatorEnvelope = closed(
  {
    id: Id,
    type: oneOf(
      [
        "endpoint.disabled",
        "endpoint.failing",
        "endpoint.recovered",
        "delivery.dead",
        "replay.finished",
        "capture.ended",
        "store.full",
        "gap",
      ],
      "More may be added: leave alone what you do not know.",
    ),
    at: Timestamp,
    tenantId: Type.String(),
    data: Type.Record(Type.String(), Type.Unknown(), { description: "Ids, reasons and counts; never a customer." }),
  },
  { description: "What operators should know of the sending itself." },
);

export const OperatorEventView = Type.Union([OperatorEnvelope, ErasedEvent]);
export type OperatorEventView = Static<typeof OperatorEventView>;

/** As the feed of events: `next` stays a cursor to ask with again later. */
export const OperatorEventsPage = closed({
  items: Type.Array(OperatorEventView),
  next: nullable(Type.String({ description: "Pass it as `after`, at once or later; null: an empty page." })),
});
export type OperatorEventsPage = Static<typeof OperatorEventsPage>;
