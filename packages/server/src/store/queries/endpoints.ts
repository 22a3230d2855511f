import type { Endpoint } from "../records.ts";
import type { EndpointChange, NewEndpoint, Store } from "../store.ts";
import { appendAudit } from "./audit.ts";
import type { Backend, WriteView } from "./backend.ts";
import { encodeCursor, idCursor } from "./cursor.ts";
import { readEndpoint, toEndpoints } from "./endpoint-records.ts";
import { findPublicKeys, insertSecrets, rotateSecrets } from "./endpoint-secrets.ts";
import { formatOutcomes } from "./fan-out.ts";
import { freeHeld, holdWaiting, renameHeld, skipWaiting } from "./lane-states.ts";
import { lockTenant } from "./lock-tenant.ts";
import { recordOperatorEvent } from "./operator-events.ts";
import { wantRoom } from "./quotas.ts";
import type { EndpointRow } from "./tables.ts";
import { toPage } from "./to-page.ts";

/** The part of the {@link Store} about endpoints. */
export function endpointQueries(
  backend: Backend,
): Pick<
  Store,
  | "createEndpoint"
  | "readEndpoint"
  | "listEndpoints"
  | "updateEndpoint"
  | "rotateSecrets"
  | "findPublicKeys"
  | "deleteEndpoint"
> {
  const { read, write } = backend;
  return {
    createEndpoint: async (endpoint) => await write(async (view) => await createEndpoint(view, endpoint)),
    readEndpoint: async (where) => await read(async (view) => await readEndpoint(view, where)),
    listEndpoints: async ({ tenantId, after, limit }) =>
      await read(async (view) => {
        const rows = await view.db
          .selectFrom("endpoints")
          .selectAll()
          .where("tenant_id", "=", tenantId)
          .where("endpoint_id", ">", idCursor("endpoints", after) ?? "")
          .orderBy("endpoint_id")
          .limit(limit + 1)
          .execute();
        const cursorOf = (row: EndpointRow): string => encodeCursor("endpoints", [row.endpoint_id]);
        const page = toPage(rows, { limit, itemOf: (row) => row, cursorOf });
        return { items: await toEndpoints(view, page.items), next: page.next };
      }),
    updateEndpoint: async (where) => await write(async (view) => await updateEndpoint(view, where)),
    rotateSecrets: async (where) => await write(async (view) => await rotateSecrets(view, where)),
    findPublicKeys: async (endpointId) => await read(async (view) => await findPublicKeys(view, endpointId)),
    deleteEndpoint: async (where) => await write(async (view) => await deleteEndpoint(view, where)),
  };
}

/** @see Store.createEndpoint */
export async function createEndpoint(view: WriteView, endpoint: NewEndpoint): Promise<Endpoint> {
  await wantRoom(view, { tenantId: endpoint.tenantId, resource: "endpoints" });
  const key = { tenant_id: endpoint.tenantId, endpoint_id: endpoint.endpointId };
  const row = {
    ...key,
    url: endpoint.url,
    description: endpoint.description,
    profile: endpoint.profile,
    outcomes: formatOutcomes(endpoint.outcomes),
    sealed_headers: endpoint.sealedHeaders,
    sealed_auth: endpoint.sealedAuth,
    disabled_reason: endpoint.disabledReason,
    slowed_until_ms: null,
    failing_since_ms: null,
    consecutive_failures: 0,
    operator: endpoint.operator ? 1 : null,
    failing_told_at_ms: null,
    created_at_ms: view.nowMs,
    rate_limit: endpoint.rateLimit,
    rate_free_at_us: null,
    ramp: null,
    auth_kind: endpoint.authKind,
    unverified_since_ms: endpoint.unverified ? view.nowMs : null,
    ordered: endpoint.ordered ? 1 : null,
  };
  await view.db.insertInto("endpoints").values(row).execute();
  await insertSecrets(view, key, endpoint.secrets);
  await appendAudit(view, endpoint.tenantId, endpoint.audit);
  const [made] = await toEndpoints(view, [row]);
  if (made === undefined) throw new TypeError("one row makes one endpoint");
  return made;
}

async function updateEndpoint(
  view: WriteView,
  where: Parameters<Store["updateEndpoint"]>[0],
): Promise<Endpoint | null> {
  await lockTenant(view, where.tenantId);
  const before = await readEndpoint(view, where);
  if (before === null || (where.onlyUrl !== undefined && where.onlyUrl !== before.url)) return null;
  const columns = toColumns(where.change, view.nowMs);
  if (Object.keys(columns).length > 0) {
    await view.db
      .updateTable("endpoints")
      .set(columns)
      .where("tenant_id", "=", where.tenantId)
      .where("endpoint_id", "=", where.endpointId)
      .execute();
  }
  await moveLane(view, { lane: where, from: before.disabledReason, to: where.change.disabledReason });
  await appendAudit(view, where.tenantId, where.audit);
  return await readEndpoint(view, where);
}

/** An absent key stays absent, so that its column is left as it is. */
function toColumns(change: EndpointChange, nowMs: number): Partial<EndpointRow> {
  const { outcomes, disabledReason, auth, unverified } = change;
  const enabled = disabledReason === null;
  return {
    ...(change.url === undefined ? {} : { url: change.url }),
    ...(change.description === undefined ? {} : { description: change.description }),
    ...(change.profile === undefined ? {} : { profile: change.profile }),
    ...(outcomes === undefined ? {} : { outcomes: formatOutcomes(outcomes) }),
    ...(change.sealedHeaders === undefined ? {} : { sealed_headers: change.sealedHeaders }),
    ...(auth === undefined ? {} : { auth_kind: auth.kind, sealed_auth: auth.sealed }),
    // A new rate begins now: what the old one had spent says nothing of it.
    ...(change.rateLimit === undefined ? {} : { rate_limit: change.rateLimit, rate_free_at_us: null }),
    ...(change.ordered === undefined ? {} : { ordered: change.ordered ? 1 : null }),
    ...(unverified === undefined ? {} : { unverified_since_ms: unverified ? nowMs : null }),
    ...(disabledReason === undefined ? {} : { disabled_reason: disabledReason }),
    // Enabled by hand: the run of failures before it says nothing any more (T10).
    ...(enabled ? { failing_since_ms: null, consecutive_failures: 0, slowed_until_ms: null, ramp: null } : {}),
  };
}

async function moveLane(
  view: WriteView,
  move: {
    readonly lane: { readonly tenantId: string; readonly endpointId: string };
    readonly from: string | null;
    readonly to: string | null | undefined;
  },
): Promise<void> {
  const { lane, from, to } = move;
  if (to === undefined || to === from) return;
  if (to === null) {
    if (from !== null) await freeHeld(view, lane, from);
    return;
  }
  if (from !== null) await renameHeld(view, lane, { from, to });
  await holdWaiting(view, lane, to);
  const { tenantId, endpointId } = lane;
  if (from === null) {
    await recordOperatorEvent(view, { tenantId, type: "endpoint.disabled", data: { endpointId, reason: to } });
  }
}

/** @see Store.deleteEndpoint */
export async function deleteEndpoint(view: WriteView, where: Parameters<Store["deleteEndpoint"]>[0]): Promise<boolean> {
  await lockTenant(view, where.tenantId);
  const deleted = await view.db
    .deleteFrom("endpoints")
    .where("tenant_id", "=", where.tenantId)
    .where("endpoint_id", "=", where.endpointId)
    .returning("endpoint_id")
    .executeTakeFirst();
  if (deleted === undefined) return false;
  await skipWaiting(view, where);
  await appendAudit(view, where.tenantId, where.audit);
  return true;
}
