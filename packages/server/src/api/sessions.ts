import { type Static, Type } from "typebox";
import { closed, oneOf, Timestamp } from "./common.ts";
import { KeyId, ScopeName } from "./keys.ts";

export const SignInBody = closed({ key: Type.String({ minLength: 1, maxLength: 512 }) });

const RoleName = oneOf(
  ["viewer", "operator", "admin"],
  "What the scopes come to: reads, changes something, or everything.",
);

export const SessionView = Type.Union([
  closed({ signedIn: Type.Literal(false) }),
  closed({
    signedIn: Type.Literal(true),
    role: RoleName,
    scopes: Type.Array(ScopeName),
    tenantId: Type.String(),
    keyId: KeyId,
    keyName: Type.String(),
    csrfToken: Type.String({ description: "Send it as `X-Sameface-Csrf` with every call that changes something." }),
    signedInAt: Timestamp,
    freshUntil: Type.String({ description: "Until then secrets, exports and erasures need no new sign-in." }),
    expiresAt: Timestamp,
    idleSeconds: Type.Integer(),
    server: closed({
      version: Type.String(),
      retentionDays: Type.Integer({ description: "Days for which events, deliveries and authentications are kept." }),
      notices: Type.Array(Type.String(), { description: "What the operator of the server should know at all times." }),
    }),
  }),
]);
export type SessionView = Static<typeof SessionView>;

/** As browsers write them: only the directive is read. */
export const CspReports = Type.Unknown({ description: "`csp-report` of report-uri, or a list of the Reporting API." });

export const AssetParams = closed({ file: Type.String({ minLength: 1, maxLength: 200 }) });
