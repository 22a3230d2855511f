import { newId } from "@sameface/contract";
import { KeyBody, KeyCreated, KeyParams, KeysPage, type KeyView, PagingQuery } from "../api/index.ts";
import type { Clock } from "../clock.ts";
import type { Random } from "../random.ts";
import type { ApiKey } from "../store/records.ts";
import type { Store } from "../store/store.ts";
import { hashApiKey, makeApiKey } from "./api-key.ts";
import { scopesNotHeld } from "./keyring.ts";
import { pagingOf } from "./paging.ts";
import {
  type Answer,
  bind,
  type Caller,
  defineRoute,
  problem,
  type Route,
  timestamp,
  timestampOrNull,
} from "./route.ts";

const SCOPES = ["keys:write"] as const;

export const KEY_SHAPES = {
  create: defineRoute({
    operationId: "createKey",
    method: "POST",
    path: "/v1/keys",
    summary: "Make a key with scopes that the caller's own key holds; it is shown this once",
    scopes: SCOPES,
    fresh: true,
    body: { kind: "json", schema: KeyBody },
    answers: { 201: { description: "The key", schema: KeyCreated } },
    problems: ["quotaReached"],
  }),
  list: defineRoute({
    operationId: "listKeys",
    method: "GET",
    path: "/v1/keys",
    summary: "Every key of the tenant, without the key itself",
    scopes: SCOPES,
    query: PagingQuery,
    answers: { 200: { description: "A page", schema: KeysPage } },
    problems: ["invalidCursor"],
  }),
  revoke: defineRoute({
    operationId: "revokeKey",
    method: "DELETE",
    path: "/v1/keys/{id}",
    summary: "Revoke a key: it is refused from now on. Repeatable.",
    scopes: SCOPES,
    params: KeyParams,
    answers: { 204: { description: "Revoked", schema: null } },
    problems: ["notFound"],
  }),
};

/** What the routes of keys work with. */
export interface KeyRouteParts {
  readonly store: Pick<Store, "createKey" | "listKeys" | "revokeKey">;
  readonly clock: Clock;
  readonly random: Random;
}

/** The routes of API keys. */
export function keyRoutes(parts: KeyRouteParts): readonly Route[] {
  const { store } = parts;
  return [
    bind(KEY_SHAPES.create, async ({ caller, body }) => await createKey(parts, { caller, body })),
    bind(KEY_SHAPES.list, async ({ caller: { tenantId }, query }) => {
      const { items, next } = await store.listKeys({ tenantId, ...pagingOf(query) });
      return { status: 200, json: { items: items.map(keyView), next } };
    }),
    bind(KEY_SHAPES.revoke, async ({ caller, params }) => {
      const { tenantId, actor } = caller;
      const key = await findKey(store, { tenantId, keyId: params.id });
      if (key === null) return problem("notFound", "No key of this tenant has the id.");
      // Else a key that may make keys could lock out its own administrator.
      if (scopesNotHeld(caller, key.scopes).length > 0)
        return problem("forbidden", "The key has scopes that yours has not.");
      const audit = { actor, action: "key.revoked", target: `key:${key.keyId}`, details: {} };
      await store.revokeKey({ tenantId, keyId: key.keyId, audit });
      return { status: 204 };
    }),
  ];
}

async function createKey(
  { store, clock, random }: KeyRouteParts,
  { caller, body }: { readonly caller: Caller; readonly body: KeyBody },
): Promise<Answer> {
  const missing = scopesNotHeld(caller, body.scopes);
  if (missing.length > 0) return problem("forbidden", `Your own key does not hold: ${missing.join(", ")}.`);
  const expiresAtMs = body.expiresAt === undefined ? null : Date.parse(body.expiresAt);
  if (expiresAtMs !== null && !(expiresAtMs > clock.nowMs())) {
    return problem("validation", "expiresAt must be a time to come.", {
      errors: [{ path: "/expiresAt", message: "must be a time to come" }],
    });
  }
  const key = makeApiKey(random);
  const keyId = newId(random);
  const { tenantId, actor } = caller;
  const stored = await store.createKey({
    tenantId,
    keyId,
    name: body.name,
    hash: hashApiKey(key),
    scopes: body.scopes,
    expiresAtMs,
    audit: { actor, action: "key.created", target: `key:${keyId}`, details: { scopes: body.scopes.join(" ") } },
  });
  const json: KeyCreated = { ...keyView(stored), key };
  return { status: 201, json };
}

async function findKey(
  store: KeyRouteParts["store"],
  { tenantId, keyId }: { readonly tenantId: string; readonly keyId: string },
): Promise<ApiKey | null> {
  let after: string | null = null;
  do {
    const page = await store.listKeys({ tenantId, after, limit: 500 });
    const found = page.items.find((one) => one.keyId === keyId);
    if (found !== undefined) return found;
    after = page.next;
  } while (after !== null);
  return null;
}

function keyView(key: ApiKey): KeyView {
  return {
    id: key.keyId,
    name: key.name,
    scopes: [...key.scopes],
    createdAt: timestamp(key.createdAtMs),
    expiresAt: timestampOrNull(key.expiresAtMs),
    revokedAt: timestampOrNull(key.revokedAtMs),
    lastUsedAt: timestampOrNull(key.lastUsedAtMs),
  };
}
