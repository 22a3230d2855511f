import { type Static, Type } from "typebox";
import {
  CustomerId,
  closed,
  Id,
  ImageBase64,
  nullable,
  OutcomeName,
  oneOf,
  page,
  pagingQuery,
  Timestamp,
} from "./common.ts";
import { DeliveryView } from "./deliveries.ts";
import { EventView, NotificationBody } from "./events.ts";
import { Source } from "./sources.ts";

export const AuthenticateBody = closed({
  customerId: CustomerId,
  image: ImageBase64,
  source: Type.Optional(Source),
});
export type AuthenticateBody = Static<typeof AuthenticateBody>;

const CheckState = Type.Union([Type.Boolean(), Type.Literal("notEvaluated")]);

export const Checks = closed(
  { mask: CheckState, lenses: CheckState, headCover: CheckState },
  { description: "true: seen; `notEvaluated`: not measured, sent as false on the wire." },
);
export type Checks = Static<typeof Checks>;

const Flags = Type.Array(Type.String(), {
  description: "What was noticed and decided nothing; `looksLikeEarlierPicture` also honest pictures of one sitting.",
});

/** The answer to a decided attempt; with an `Idempotency-Key` the same bytes each time. */
export const Decided = closed({
  id: Id,
  outcome: OutcomeName,
  reason: nullable(Type.String({ description: "A stable word beyond the outcome: headCover, replayed, …" })),
  customerId: CustomerId,
  transactionId: Type.Optional(Id),
  eventId: Id,
  checks: Checks,
  hints: Type.Array(Type.String(), { description: "What the person before the camera can do." }),
  flags: Flags,
  notification: NotificationBody,
  timings: Type.Record(Type.String(), Type.Number(), { description: "Milliseconds per stage." }),
});
export type Decided = Static<typeof Decided>;

const view = {
  id: Id,
  customerId: CustomerId,
  outcome: OutcomeName,
  errorCode: nullable(Type.Integer()),
  reason: nullable(Type.String()),
  transactionId: nullable(Id),
  interviewId: nullable(Id),
  eventId: Id,
  checks: nullable(Checks),
  hints: Type.Array(Type.String()),
  flags: Flags,
  createdAt: Timestamp,
};

export const AuthenticationView = closed(view);
export type AuthenticationView = Static<typeof AuthenticationView>;

export const AuthenticationDetail = closed({
  ...view,
  timings: nullable(Type.Record(Type.String(), Type.Number(), { description: "Milliseconds per stage." })),
  body: nullable(Type.String({ description: "The bytes that are signed and sent, as text; null after an erasure." })),
  event: nullable(EventView),
  deliveries: Type.Array(DeliveryView),
});
export type AuthenticationDetail = Static<typeof AuthenticationDetail>;

const picture = {
  format: oneOf(["jpeg", "png", "webp"], "Of the file."),
  orientation: Type.Integer({ minimum: 1, maximum: 8, description: "How it is turned, as EXIF counts." }),
  keptUntil: Timestamp,
};

/** A picture that a policy keeps. */
export const PictureView = closed({ ...picture, authenticationId: Id, image: ImageBase64 });
export type PictureView = Static<typeof PictureView>;

/** An attempt as it is told to the customer: with what was sent about it, and whether its picture is kept. */
export const ExportedAuthentication = closed({
  ...view,
  event: nullable(EventView),
  picture: nullable(closed(picture, { description: "Kept; `GET /v1/authentications/{id}/picture` has it." })),
});

export const AuthenticationsQuery = closed({
  ...pagingQuery,
  customerId: Type.Optional(CustomerId),
  outcome: Type.Optional(OutcomeName),
  from: Type.Optional(Timestamp),
  to: Type.Optional(Timestamp),
});
export const AuthenticationsPage = page(AuthenticationView);
export type AuthenticationsPage = Static<typeof AuthenticationsPage>;

/** Any text may be asked for: a receiver passes on what it got. */
export const VerifyBody = closed({ transactionId: Type.String({ minLength: 1, maxLength: 64 }) });

/** The vendor's call: `token` and `interviewToken` are accepted and not looked at (contract.md §6). */
export const VendorVerifyBody = closed({
  transactionId: Type.String({ minLength: 1, maxLength: 64 }),
  token: Type.Optional(nullable(Type.String({ maxLength: 8192 }))),
  interviewToken: Type.Optional(nullable(Type.String({ maxLength: 8192 }))),
});

export const Verified = closed({
  verified: Type.Boolean({ description: "A passed authentication of this tenant, not older than 24 h." }),
});
