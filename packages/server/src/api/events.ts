import { type Static, Type } from "typebox";
import { closed, Id, nullable, OutcomeName, pagingQuery, Timestamp } from "./common.ts";

/** The body as it is signed and sent; its own schema is the closed notification. @see contract.md §2 */
export const NotificationBody = Type.Record(Type.String(), Type.Unknown(), {
  description: "The JSON body that endpoints receive, keys in the order of the wire.",
});

/** What is left of an event after an erasure. */
export const ErasedEvent = closed({ id: Id, erased: Type.Literal(true) });

export const PresentEvent = closed({
  id: Id,
  outcome: OutcomeName,
  authenticationId: nullable(Id),
  test: Type.Boolean(),
  notification: NotificationBody,
  createdAt: Timestamp,
});

export const EventView = Type.Union([PresentEvent, ErasedEvent]);
export type EventView = Static<typeof EventView>;

export const EventsQuery = closed(pagingQuery);

/** The feed has no last page: `next` stays a cursor to ask with again later. */
export const EventsPage = closed({
  items: Type.Array(EventView),
  next: nullable(
    Type.String({ description: "Pass it as `after`, at once or later; null: nothing has ever happened." }),
  ),
});
export type EventsPage = Static<typeof EventsPage>;
