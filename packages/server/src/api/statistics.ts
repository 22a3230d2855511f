import { type Static, Type } from "typebox";
import { closed, Timestamp } from "./common.ts";

/** How many. */
export const Count = Type.Integer({ minimum: 0 });

export const StatisticsQuery = closed({
  from: Type.Optional(Timestamp),
  to: Type.Optional(Timestamp),
});

/** One hour in which something happened; test sends are left out. */
export const HourView = closed({
  hour: Timestamp,
  outcomes: Type.Record(Type.String(), Count, { description: "Authentications by what they came to." }),
  attempts: closed({ delivered: Count, failed: Count }),
  deliveries: closed({ delivered: Count, dead: Count }, { description: "Deliveries that ended in this hour." }),
});

export const Statistics = closed({
  hours: Type.Array(HourView, { description: "Oldest first; an hour in which nothing happened is left out." }),
});
export type Statistics = Static<typeof Statistics>;
