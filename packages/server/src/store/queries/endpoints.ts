import type { Endpoint } from "../records.ts";
import type { EndpointChange, NewEndpoint, NewSecret, Store } from "../store.ts";
import { appendAudit } from "./audit.ts";
import type { Backend, WriteView } from "./backend.ts";
import { encodeCursor, idCursor } from "./cursor.ts";
import { readEndpoint, toEndpoints } from "./endpoint-records.ts";
import { formatOutcomes } from "./fan-out.ts";
import { freeHeld, holdWaiting, renameHeld, skipWaiting } from "./lane-states.ts";
import type { EndpointRow } from "./tables.ts";
import { toPage } from "./to-page.ts";

/** The part of the {@link Store} about endpoints. */
export function endpointQueries(
  backend: Backend,
): Pick<Store, "createEndpoint" | "readEndpoint" | "listEndpoints" | "updateEndpoint" | "deleteEndpoint"> {
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
    deleteEndpoint: async (where) => await write(async (view) => await deleteEndpoint(view, where)),
  };
}

async function createEndpoint(view: WriteView, endpoint: NewEndpoint): Promise<Endpoint> {
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
    created_at_ms: view.nowMs,
  };
  await view.db.insertInto("endpoints").values(row).execute();
  for (const secret of endpoint.secrets) await insertSecret(view, key, secret);
  await appendAudit(view, endpoint.tenantId, endpoint.audit);
  const [made] = await toEndpoints(view, [row]);
  if (made === undefined) throw new TypeError("one row makes one endpoint");
  return made;
}

async function insertSecret(
  view: WriteView,
  key: Pick<EndpointRow, "tenant_id" | "endpoint_id">,
  secret: NewSecret,
): Promise<void> {
  await view.db
    .insertInto("endpoint_secrets")
    .values({
      ...key,
      secret_id: secret.secretId,
      kind: secret.kind,
      sealed: secret.sealed,
      public_key: secret.publicKey,
      created_at_ms: view.nowMs,
      expires_at_ms: null,
    })
    .execute();
}

async function updateEndpoint(
  view: WriteView,
  where: Parameters<Store["updateEndpoint"]>[0],
): Promise<Endpoint | null> {
  const before = await readEndpoint(view, where);
  if (before === null) return null;
  const columns = toColumns(where.change);
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
function toColumns(change: EndpointChange): Partial<EndpointRow> {
  const { outcomes, disabledReason } = change;
  const enabled = disabledReason === null;
  return {
    ...(change.url === undefined ? {} : { url: change.url }),
    ...(change.description === undefined ? {} : { description: change.description }),
    ...(change.profile === undefined ? {} : { profile: change.profile }),
    ...(outcomes === undefined ? {} : { outcomes: formatOutcomes(outcomes) }),
    ...(change.sealedHeaders === undefined ? {} : { sealed_headers: change.sealedHeaders }),
    ...(change.sealedAuth === undefined ? {} : { sealed_auth: change.sealedAuth }),
    ...(disabledReason === undefined ? {} : { disabled_reason: disabledReason }),
    // Enabled by hand: the run of failures before it says nothing any more (T10).
    ...(enabled ? { failing_since_ms: null, consecutive_failures: 0, slowed_until_ms: null } : {}),
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
}

async function deleteEndpoint(view: WriteView, where: Parameters<Store["deleteEndpoint"]>[0]): Promise<boolean> {
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
