import type { Schemas } from "@sameface/contract/client";

/** What a key may do. */
export type Scope = Schemas["KeyBody"]["scopes"][number];

/** Scopes in words, in the order of the form. */
export const SCOPES: Readonly<Record<Scope, string>> = {
  authenticate: "judge a picture",
  "customers:read": "see customers",
  "customers:write": "enrol, block, erase",
  "endpoints:read": "see endpoints",
  "endpoints:write": "change endpoints",
  "events:read": "see events, deliveries, statistics",
  "deliveries:write": "retry and replay",
  "policy:write": "change the policy",
  "keys:write": "make and revoke keys",
  "audit:read": "read the audit",
  "metrics:read": "read metrics",
  admin: "everything of this tenant",
  root: "everything, and tenants",
};

/** Ready-made choices. */
export const BUNDLES = {
  "A back end": ["authenticate", "customers:read", "customers:write"],
  "A viewer": ["customers:read", "endpoints:read", "events:read", "audit:read"],
  "An administrator": ["admin"],
} as const satisfies Readonly<Record<string, readonly Scope[]>>;

/** Whether who holds these scopes may give that one: nobody gives what they do not hold. */
export function mayGive(held: readonly Scope[], scope: Scope): boolean {
  return held.includes(scope) || held.includes("root") || (scope !== "root" && held.includes("admin"));
}

/** How a key stands now. */
export function keyState(
  { revokedAt, expiresAt }: Pick<Schemas["KeyView"], "revokedAt" | "expiresAt">,
  nowMs: number,
): "live" | "revoked" | "expired" {
  if (revokedAt !== null) return "revoked";
  return expiresAt !== null && Date.parse(expiresAt) <= nowMs ? "expired" : "live";
}
