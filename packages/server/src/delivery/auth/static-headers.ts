import { Type } from "typebox";
import { defineAuthKind } from "../auth-kind.ts";
import { checkOwnHeaders } from "../own-headers.ts";

/** Headers that never change, for example an API key of the receiver. */
export const staticHeaders = defineAuthKind({
  settings: Type.Object(
    {
      kind: Type.Literal("headers"),
      headers: Type.Record(Type.String({ minLength: 1, maxLength: 100 }), Type.String({ maxLength: 4096 }), {
        minProperties: 1,
        maxProperties: 20,
      }),
    },
    { additionalProperties: false, description: "The same headers with every request." },
  ),
  refusal: ({ headers }) => {
    const check = checkOwnHeaders(headers);
    return check.ok ? null : `${check.name}: ${check.message}`;
  },
  urls: () => [],
  renews: false,
  signIn: async ({ headers }) => {
    const lower = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const);
    return await Promise.resolve({ kind: "headers", headers: Object.fromEntries(lower) });
  },
});
