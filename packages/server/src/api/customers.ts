import { type Static, Type } from "typebox";
import { CustomerId, closed, Id, ImageBase64, nullable, oneOf, page, pagingQuery, Timestamp } from "./common.ts";

export const CustomerParams = closed({ customerId: CustomerId });

/** Where the customer's consent stands. Optional here so that its absence is 422 `consentRequired`, not 400 (S10). */
export const ConsentInput = closed({
  reference: Type.Optional(Type.String({ maxLength: 256, description: "For example a document number." })),
  at: Type.Optional(Timestamp),
});
export type ConsentInput = Static<typeof ConsentInput>;

export const EnrolBody = closed({ image: ImageBase64, consent: Type.Optional(ConsentInput) });
export type EnrolBody = Static<typeof EnrolBody>;

/** One line of a batch. */
export const BatchLine = closed({ customerId: CustomerId, image: ImageBase64, consent: Type.Optional(ConsentInput) });
export type BatchLine = Static<typeof BatchLine>;

export const EnrolmentQuality = closed(
  {
    hints: Type.Array(Type.String(), { description: "What would make the picture better." }),
    interocularPx: nullable(Type.Number({ description: "Pixels between the eye centres." })),
    faceWidthFraction: nullable(Type.Number({ description: "Face width ÷ picture width." })),
    retried: Type.Boolean({ description: "The face was found only after the picture was extended." }),
  },
  { description: "What was seen of the picture's quality; no score of the face." },
);

export const Enrolled = closed({
  customerId: CustomerId,
  interviewId: Id,
  enrolledAt: Timestamp,
  quality: EnrolmentQuality,
});
export type Enrolled = Static<typeof Enrolled>;

/** One line of the answer to a batch, in the order of the request's lines. */
export const BatchResult = closed({
  line: Type.Integer({ minimum: 1, description: "Counted from 1, empty lines included." }),
  customerId: nullable(CustomerId),
  result: Type.Union([
    Type.Literal("created"),
    Type.Literal("replaced"),
    Type.Literal("unchanged", {
      description: "Enrolled with this very picture already; so a batch can be sent again.",
    }),
    Type.Literal("refused"),
  ]),
  interviewId: nullable(Id),
  code: nullable(Type.String({ description: "The problem code of a refused line." })),
  detail: nullable(Type.String()),
});
export type BatchResult = Static<typeof BatchResult>;

export const CustomerView = closed({
  customerId: CustomerId,
  createdAt: Timestamp,
  enrolledAt: Timestamp,
  consent: closed({ reference: Type.String(), at: Timestamp }),
  templates: Type.Array(closed({ interviewId: Id, embedderId: Type.String(), enrolledAt: Timestamp }), {
    description: "Which enrolments there are; never a template or a picture.",
  }),
  needsEnrolment: Type.Boolean({ description: "No template of the present embedder: authentication cannot judge." }),
  block: nullable(closed({ reason: nullable(Type.String()), at: Timestamp })),
  lock: closed(
    {
      consecutiveFailures: Type.Integer({ minimum: 0 }),
      state: oneOf(["open", "waiting", "stopped"], "stopped: until an operator unlocks."),
      until: nullable(Timestamp),
    },
    { description: "Whether too many failures bar attempts now (9005)." },
  ),
});
export type CustomerView = Static<typeof CustomerView>;

export const CustomersQuery = closed({
  ...pagingQuery,
  needsEnrolment: Type.Optional(
    Type.Union([Type.Literal("true"), Type.Literal("false")], {
      description: "`true`: only those without a template of the present embedder.",
    }),
  ),
});
export const CustomersPage = page(CustomerView);
export type CustomersPage = Static<typeof CustomersPage>;

export const BlockBody = closed({ reason: Type.String({ minLength: 1, maxLength: 500 }) });

export const Erased = closed({
  erased: Type.Record(Type.String(), Type.Integer({ minimum: 0 }), {
    description: "Rows taken away or emptied, by table; 0 the second time.",
  }),
  receiptId: Id,
});
export type Erased = Static<typeof Erased>;
