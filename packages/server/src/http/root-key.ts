import { newId } from "@sameface/contract";
import type { Random } from "../random.ts";
import type { ApiKey } from "../store/records.ts";
import type { Store } from "../store/store.ts";
import { hashApiKey, makeApiKey } from "./api-key.ts";

/** The tenant that is there from the first start on; the root key is its admin. */
export const DEFAULT_TENANT = "default";

/** Begins the id of the key that a start made, so that a later start knows which one to replace. */
const ROOT_ID = "root_";

/**
 * Sees to it that there is a root key: the one of the setting, else the one that stands, else a new one.
 * @param options.adminKey the setting; a changed one replaces the old
 * @returns the new key, to be shown this once; `null`: none was made
 */
export async function ensureRootKey(options: {
  readonly store: Store;
  readonly random: Random;
  readonly adminKey: string | null;
}): Promise<string | null> {
  const { store, random, adminKey } = options;
  await store.createTenant({
    tenantId: DEFAULT_TENANT,
    name: DEFAULT_TENANT,
    audit: audit("tenant.created", `tenant:${DEFAULT_TENANT}`),
  });
  const standing = (await allKeys(store)).filter((key) => key.keyId.startsWith(ROOT_ID) && key.revokedAtMs === null);
  if (adminKey === null && standing.length > 0) return null;
  const key = adminKey ?? makeApiKey(random);
  const hash = hashApiKey(key);
  if (!standing.some((one) => one.hash === hash)) {
    const keyId = `${ROOT_ID}${newId(random)}`;
    await store.createKey({
      tenantId: DEFAULT_TENANT,
      keyId,
      hash,
      name: adminKey === null ? "made at the first start" : "SAMEFACE_ADMIN_KEY",
      scopes: ["root", "admin"],
      expiresAtMs: null,
      isRoot: true,
      audit: audit("key.created", `key:${keyId}`),
    });
  }
  for (const old of standing.filter((one) => one.hash !== hash)) {
    await store.revokeKey({
      tenantId: DEFAULT_TENANT,
      keyId: old.keyId,
      audit: audit("key.revoked", `key:${old.keyId}`),
    });
  }
  return adminKey === null ? key : null;
}

async function allKeys(store: Store): Promise<readonly ApiKey[]> {
  const keys: ApiKey[] = [];
  let after: string | null = null;
  do {
    const page = await store.listKeys({ tenantId: DEFAULT_TENANT, after, limit: 500 });
    keys.push(...page.items);
    after = page.next;
  } while (after !== null);
  return keys;
}

function audit(action: string, target: string) {
  return { actor: "system", action, target, details: {} };
}
