import { type Static, Type } from "typebox";
import { Id } from "./common.ts";

/** RFC 9457 problem details, with a stable `code`; never a stack, a query or a path of the server (S36). */
export const Problem = Type.Object(
  {
    type: Type.String({ description: "`urn:sameface:problem:<code>`" }),
    title: Type.String({ description: "The same for every problem of one code." }),
    status: Type.Integer({ minimum: 400, maximum: 599 }),
    code: Type.String({ description: "Stable; match this." }),
    detail: Type.String({ description: "What to mend, for a person." }),
    requestId: Type.String({ description: "Also in the server's log." }),
    errors: Type.Optional(
      Type.Array(
        Type.Object(
          {
            path: Type.String({ description: "JSON Pointer into the body, or the name of a parameter." }),
            message: Type.String(),
          },
          { additionalProperties: false },
        ),
        { description: "Which fields broke the schema (code `validation`)." },
      ),
    ),
    errorCode: Type.Optional(
      Type.Integer({ description: "The failure code of the notification, where the problem is one (9001…9500)." }),
    ),
    authenticationId: Type.Optional(Id),
    eventId: Type.Optional(Id),
    hints: Type.Optional(Type.Array(Type.String(), { description: "What the person before the camera can do." })),
    reason: Type.Optional(Type.String({ description: "A stable word beyond the code." })),
    canonical: Type.Optional(Type.String({ description: "The endpoint URL as it would be read." })),
  },
  { additionalProperties: false },
);
export type Problem = Static<typeof Problem>;
