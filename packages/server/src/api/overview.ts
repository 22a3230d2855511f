import { type Static, Type } from "typebox";
import { closed, Id, nullable, Timestamp } from "./common.ts";
import { Count, HourView } from "./statistics.ts";

export const Overview = closed({
  hours: Type.Array(HourView, { description: "As /v1/statistics tells them." }),
  waiting: closed(
    { pending: Count, inFlight: Count, failing: Count, held: Count, dead: Count },
    { description: "Deliveries by state, now; counted up to `mostCounted` each." },
  ),
  mostCounted: Count,
  times: nullable(
    closed(
      { count: Count, p50Ms: Type.Number(), p95Ms: Type.Number() },
      { description: "How long the last authentications of the span took, at most 200 of them." },
    ),
  ),
  endpoints: Type.Array(closed({ id: Id, attempts: closed({ delivered: Count, failed: Count }) }), {
    description: "Delivery attempts of the span, of endpoints that had any.",
  }),
  silence: nullable(
    closed({
      lastEventAt: Timestamp,
      told: Type.Boolean({ description: "It is longer than usual, and operators were told." }),
    }),
  ),
});
export type Overview = Static<typeof Overview>;
