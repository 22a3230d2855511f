import type { Clock } from "../clock.ts";
import type { Scope } from "../store/records.ts";
import type { Store } from "../store/store.ts";
import { hashApiKey } from "./api-key.ts";
import type { Caller, RouteShape } from "./route.ts";

/** Finds out who calls. */
export interface Keyring {
  /** `null`: no key, an unknown, expired or revoked one. */
  callerOf(authorization: string | undefined): Promise<Caller | null>;
}

const TOUCH_EVERY_MS = 60_000;
const BEARER = /^Bearer +([\x21-\x7e]{1,512}) *$/i;

/**
 * The keys as the store has them; asked at every request, so that a revoked one is refused at once (S27).
 * A key is looked up by its hash: what is compared is no secret, so no comparison has to be constant in time.
 */
export function createKeyring(parts: {
  readonly store: Pick<Store, "findKey" | "touchKey">;
  readonly clock: Clock;
  readonly onFault: (fault: unknown) => void;
}): Keyring {
  const { store, clock, onFault } = parts;
  const touchedAtMs = new Map<string, number>();
  const touch = (where: {
    readonly tenantId: string;
    readonly keyId: string;
    readonly lastUsedAtMs: number | null;
  }): void => {
    const nowMs = clock.nowMs();
    const last = Math.max(where.lastUsedAtMs ?? 0, touchedAtMs.get(where.keyId) ?? 0);
    if (nowMs - last < TOUCH_EVERY_MS) return;
    touchedAtMs.set(where.keyId, nowMs);
    // Not waited for: the time of last use is worth no caller's time, and its loss costs a minute.
    store.touchKey({ tenantId: where.tenantId, keyId: where.keyId }).catch(onFault);
  };
  return {
    async callerOf(authorization) {
      const text = BEARER.exec(authorization ?? "")?.[1];
      if (text === undefined) return null;
      const key = await store.findKey(hashApiKey(text));
      if (key === null || key.revokedAtMs !== null) return null;
      if (key.expiresAtMs !== null && key.expiresAtMs <= clock.nowMs()) return null;
      touch(key);
      const { keyId, tenantId, scopes } = key;
      return { keyId, tenantId, scopes, actor: `key:${keyId}` };
    },
  };
}

/** Whether a caller may use a route. `admin` is all of its tenant but the root's own; `root` is everything. */
export function mayCall({ scopes }: Pick<Caller, "scopes">, { scopes: asked }: Pick<RouteShape, "scopes">): boolean {
  if (asked === "public" || scopes.includes("root")) return true;
  if (scopes.includes("admin") && asked.some((scope) => scope !== "root")) return true;
  return asked.some((scope) => scopes.includes(scope));
}

/** The scopes of `wanted` that a caller does not hold, and so cannot give to a key it makes. */
export function scopesNotHeld({ scopes }: Pick<Caller, "scopes">, wanted: readonly Scope[]): readonly Scope[] {
  return wanted.filter((scope) => !mayCall({ scopes }, { scopes: [scope] }));
}
