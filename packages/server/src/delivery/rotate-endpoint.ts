import type { Random } from "../random.ts";
import type { AuditEntry, Endpoint } from "../store/records.ts";
import type { Store } from "../store/store.ts";
import { makeSecrets, type Sealer } from "./sealed-endpoint.ts";

/** How long the secrets of before sign beside the new ones (reliability.md S20). */
export const OVERLAP_SECONDS = { default: 86_400, most: 604_800 } as const;

/** Five pairs: a request carries a signature for each, and a receiver looks at no more than 20 (B23). */
const MOST_LIVE_SECRETS = 10;

/** What a rotation brought; the new secret is told this once. */
export type Rotated =
  | { readonly kind: "rotated"; readonly endpoint: Endpoint; readonly secret: string; readonly publicKey: string }
  /** More would sign than a receiver looks at. An overlap of 0 ends the others, and is never refused. */
  | { readonly kind: "tooManySecrets" };

/** New secrets of both kinds; those of before sign beside them for the overlap. `null`: there is no such endpoint. */
export async function rotateEndpoint(
  request: {
    readonly tenantId: string;
    readonly endpointId: string;
    readonly overlapSeconds: number;
    readonly audit: AuditEntry;
  },
  parts: { readonly store: Pick<Store, "rotateSecrets">; readonly vault: Sealer; readonly random: Random },
): Promise<Rotated | null> {
  const { tenantId, endpointId, overlapSeconds, audit } = request;
  const made = await makeSecrets({ tenantId, endpointId }, parts);
  const endpoint = await parts.store.rotateSecrets({
    tenantId,
    endpointId,
    secrets: made.sealed,
    overlapMs: overlapSeconds * 1_000,
    mostLive: MOST_LIVE_SECRETS,
    audit,
  });
  if (endpoint === null) return null;
  if ("kind" in endpoint) return { kind: "tooManySecrets" };
  return { kind: "rotated", endpoint, secret: made.secret, publicKey: made.publicKey };
}
