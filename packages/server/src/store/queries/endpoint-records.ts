import type { Endpoint } from "../records.ts";
import type { ReadView } from "./backend.ts";
import { parseOutcomes } from "./fan-out.ts";
import type { EndpointRow, EndpointSecretRow } from "./tables.ts";

/** One endpoint with the secrets that sign at this moment; `null`: no such endpoint. */
export async function readEndpoint(
  view: ReadView,
  where: { readonly tenantId: string; readonly endpointId: string },
): Promise<Endpoint | null> {
  const row = await view.db
    .selectFrom("endpoints")
    .selectAll()
    .where("tenant_id", "=", where.tenantId)
    .where("endpoint_id", "=", where.endpointId)
    .executeTakeFirst();
  if (row === undefined) return null;
  const [endpoint] = await toEndpoints(view, [row]);
  return endpoint ?? null;
}

/** Endpoints of one tenant with the secrets that sign at this moment: one whose overlap ended is not handed out. */
export async function toEndpoints(view: ReadView, rows: readonly EndpointRow[]): Promise<readonly Endpoint[]> {
  const tenantId = rows[0]?.tenant_id;
  if (tenantId === undefined) return [];
  const secrets = await readSecrets(view, { tenantId, endpointIds: rows.map((row) => row.endpoint_id) });
  return rows.map((row) => toEndpoint(row, secrets));
}

/** The secrets of endpoints of one tenant that sign at this moment. */
export async function readSecrets(
  view: ReadView,
  where: { readonly tenantId: string; readonly endpointIds: readonly string[] },
): Promise<readonly EndpointSecretRow[]> {
  return await view.db
    .selectFrom("endpoint_secrets")
    .selectAll()
    .where("tenant_id", "=", where.tenantId)
    .where("endpoint_id", "in", view.listed(where.endpointIds))
    .where((row) => row.or([row("expires_at_ms", "is", null), row("expires_at_ms", ">", view.nowMs)]))
    .orderBy("created_at_ms", "desc")
    .orderBy("kind")
    .orderBy("secret_id")
    .execute();
}

/** @param secrets of this endpoint, and of others */
export function toEndpoint(row: EndpointRow, secrets: readonly EndpointSecretRow[]): Endpoint {
  return {
    endpointId: row.endpoint_id,
    tenantId: row.tenant_id,
    url: row.url,
    description: row.description,
    profile: row.profile,
    outcomes: parseOutcomes(row.outcomes),
    sealedHeaders: row.sealed_headers,
    sealedAuth: row.sealed_auth,
    secrets: secrets
      .filter((secret) => secret.endpoint_id === row.endpoint_id)
      .map((secret) => ({
        secretId: secret.secret_id,
        kind: secret.kind,
        sealed: secret.sealed,
        publicKey: secret.public_key,
        createdAtMs: secret.created_at_ms,
        expiresAtMs: secret.expires_at_ms,
      })),
    enabled: row.disabled_reason === null,
    disabledReason: row.disabled_reason,
    slowedUntilMs: row.slowed_until_ms,
    failingSinceMs: row.failing_since_ms,
    consecutiveFailures: row.consecutive_failures,
    rateLimit: row.rate_limit,
    authKind: row.auth_kind,
    unverifiedSinceMs: row.unverified_since_ms,
    ordered: row.ordered === 1,
    operator: row.operator !== null,
    createdAtMs: row.created_at_ms,
  };
}
