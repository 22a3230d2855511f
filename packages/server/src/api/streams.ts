import { type Static, Type } from "typebox";
import { closed, Id, nullable, OutcomeName, oneOf } from "./common.ts";
import { Outcomes } from "./endpoints.ts";

export const StreamBody = closed({
  name: Type.String({
    pattern: "^[\\x21-\\x7e]{1,100}$",
    description: "1 to 100 of visible ASCII. A stream of this name goes on where its last listener stopped.",
  }),
  outcomes: Type.Optional(nullable(Outcomes)),
});

const request = {
  eventId: Id,
  outcome: OutcomeName,
  headers: Type.Record(Type.String(), Type.String(), { description: "To be sent as they are; signed a moment ago." }),
  body: Type.String({ contentEncoding: "base64", description: "The exact bytes to post." }),
};

/** A request for the listener's own receiver. */
export const StreamRequest = closed(request);
export type StreamRequest = Static<typeof StreamRequest>;

const Lease = Type.Integer({ minimum: 0, description: "Goes back with the result." });

export const StreamOpened = closed({
  id: Id,
  name: Type.String(),
  session: Type.String({ description: "Of this listener; one that opens the stream later takes it over." }),
  outcomes: nullable(Type.Array(OutcomeName)),
  publicKey: nullable(Type.String({ description: "`whpk_…`: verifies the `v1a` signatures." })),
  waiting: Type.Integer({ minimum: 0, description: "Deliveries that wait for a listener." }),
  secret: nullable(
    Type.String({
      description: "`whsec_…`: verifies the `v1` signatures. Shown once, to the call that made the stream.",
    }),
  ),
});
export type StreamOpened = Static<typeof StreamOpened>;

/** The largest reply that is kept, in base64. */
const REPLY_CHARACTERS = Math.ceil(16_384 / 3) * 4;

const StreamResult = closed({
  deliveryId: Id,
  lease: Lease,
  durationMs: Type.Integer({ minimum: 0, maximum: 3_600_000 }),
  answer: Type.Union([
    closed({
      status: Type.Integer({ minimum: 200, maximum: 599 }),
      contentType: nullable(Type.String({ maxLength: 256 })),
      body: Type.String({ maxLength: REPLY_CHARACTERS, contentEncoding: "base64", description: "At most 16 KB." }),
    }),
    closed({ failure: oneOf(["timeout", "connectionLost", "unexpected"], "Why the receiver gave no answer.") }),
  ]),
});

export const StreamNextBody = closed({
  session: Id,
  done: Type.Optional(StreamResult),
  leaving: Type.Optional(Type.Literal(true, { description: "Only takes the result; the listener goes." })),
});
export type StreamNextBody = Static<typeof StreamNextBody>;

export const StreamNext = closed({
  delivery: nullable(closed({ deliveryId: Id, lease: Lease, request: StreamRequest })),
});
export type StreamNext = Static<typeof StreamNext>;

export const StreamSignBody = closed({
  eventId: Id,
  marked: Type.Optional(
    Type.Boolean({
      description: "Default true: under a new id that begins with test_. False: under the event's own id.",
    }),
  ),
});
