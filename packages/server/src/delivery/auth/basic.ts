import { Type } from "typebox";
import { basicCredentials, defineAuthKind } from "../auth-kind.ts";

const CONTROL = /\p{Cc}/u;

/** HTTP basic (RFC 7617). */
export const basic = defineAuthKind({
  settings: Type.Object(
    {
      kind: Type.Literal("basic"),
      username: Type.String({ minLength: 1, maxLength: 255 }),
      password: Type.String({ maxLength: 1024 }),
    },
    { additionalProperties: false, description: "HTTP basic." },
  ),
  refusal: ({ username, password }) => {
    if (username.includes(":")) return "A user name with a colon can't be told from its password.";
    return CONTROL.test(username + password) ? "User name and password hold no control characters." : null;
  },
  urls: () => [],
  renews: false,
  signIn: async ({ username, password }) =>
    await Promise.resolve({
      kind: "headers",
      headers: { authorization: basicCredentials(username, password) },
    }),
});
