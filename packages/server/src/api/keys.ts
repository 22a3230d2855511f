import { type Static, Type } from "typebox";
import { closed, Name, nullable, oneOf, page, Timestamp } from "./common.ts";

/** What an API key may do. @see interface.md, `POST /v1/keys` */
export const ScopeName = oneOf(
  [
    "authenticate",
    "customers:read",
    "customers:write",
    "endpoints:read",
    "endpoints:write",
    "events:read",
    "deliveries:write",
    "policy:write",
    "keys:write",
    "audit:read",
    "metrics:read",
    "admin",
    "root",
  ],
  "admin: all of the tenant; root: also tenants.",
);

export const KeyId = Type.String({
  pattern: "^(root_)?[0-9a-f]{24}$",
  description: "24 hexadecimal characters, root_ before them where it is so: names a key; is not the key.",
});
export const KeyParams = closed({ id: KeyId });

export const KeyBody = closed({
  name: Name,
  scopes: Type.Array(ScopeName, { minItems: 1, maxItems: 13, uniqueItems: true }),
  expiresAt: Type.Optional(Timestamp),
});
export type KeyBody = Static<typeof KeyBody>;

const view = {
  id: KeyId,
  name: Type.String(),
  scopes: Type.Array(ScopeName),
  createdAt: Timestamp,
  expiresAt: nullable(Timestamp),
  revokedAt: nullable(Timestamp),
  lastUsedAt: nullable(Timestamp),
};

export const KeyView = closed(view);
export type KeyView = Static<typeof KeyView>;

export const KeyCreated = closed({ ...view, key: Type.String({ description: "Shown this once; stored hashed." }) });
export type KeyCreated = Static<typeof KeyCreated>;

export const KeysPage = page(KeyView);
export type KeysPage = Static<typeof KeysPage>;
