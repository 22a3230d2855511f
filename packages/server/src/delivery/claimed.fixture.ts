import { randomBytes } from "node:crypto";
import { newId, sample } from "@sameface/contract";
import type { Random } from "../random.ts";
import type { Endpoint } from "../store/records.ts";
import type { ClaimedDelivery } from "../store/store.ts";
import { createVault, type Vault } from "../vault/vault.ts";
import { makeSecrets } from "./sealed-endpoint.ts";

/** The randomness of this host. */
export const realRandom: Random = {
  bytes: (length) => new Uint8Array(randomBytes(length)),
  fraction: () => Math.random(),
};

/** A vault under a key of its own. */
export function makeVault(): Vault {
  return createVault({ masterKey: realRandom.bytes(32), random: realRandom });
}

/** An endpoint with real secrets, and what its owner was told. */
export async function makeEndpoint(
  vault: Vault,
  changes: Partial<Endpoint> = {},
): Promise<{ endpoint: Endpoint; secret: string; publicKey: string }> {
  const ref = { tenantId: "default", endpointId: newId(realRandom) };
  const made = await makeSecrets(ref, { vault, random: realRandom });
  const endpoint: Endpoint = {
    ...ref,
    url: "http://127.0.0.1:9000/in",
    description: null,
    profile: "standard",
    outcomes: null,
    operator: false,
    sealedHeaders: null,
    sealedAuth: null,
    secrets: made.sealed.map((secret) => ({ ...secret, createdAtMs: 0, expiresAtMs: null })),
    enabled: true,
    disabledReason: null,
    slowedUntilMs: null,
    failingSinceMs: null,
    consecutiveFailures: 0,
    rateLimit: null,
    ordered: false,
    authKind: null,
    unverifiedSinceMs: null,
    createdAtMs: 0,
    ...changes,
  };
  return { endpoint, secret: made.secret, publicKey: made.publicKey };
}

/** A delivery of the golden sample `passed` under lease. */
export function claimOf(endpoint: Endpoint, changes: Partial<ClaimedDelivery> = {}): ClaimedDelivery {
  return {
    tenantId: endpoint.tenantId,
    deliveryId: newId(realRandom),
    fencingToken: 1,
    leaseUntilMs: Number.MAX_SAFE_INTEGER,
    eventId: newId(realRandom),
    outcome: "passed",
    body: sample("passed").body,
    traceparent: null,
    test: false,
    sequence: 41,
    attemptNumber: 1,
    retriesDone: 0,
    crashes: 0,
    endpoint,
    ...changes,
  };
}
