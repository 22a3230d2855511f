import type { Authentication, DecisionOnRecord, Page } from "../records.ts";
import type { InTenant, Store } from "../store.ts";
import { appendAudit } from "./audit.ts";
import type { Backend, ReadView } from "./backend.ts";
import { encodeCursor, sequenceCursor } from "./cursor.ts";
import { placeBefore } from "./overview.ts";
import type { AuthenticationRow } from "./tables.ts";
import { toPage } from "./to-page.ts";

/** The part of the {@link Store} that reads authentications. */
export function authenticationQueries({
  read,
  write,
}: Backend): Pick<Store, "readAuthentication" | "listAuthentications" | "readLastDecisions" | "verifyTransaction"> {
  return {
    readAuthentication: async ({ tenantId, authenticationId }) =>
      await read(async ({ db }) => {
        const row = await db
          .selectFrom("authentications")
          .selectAll()
          .where("tenant_id", "=", tenantId)
          .where("authentication_id", "=", authenticationId)
          .executeTakeFirst();
        return row === undefined ? null : toAuthentication(row);
      }),
    listAuthentications: async (where) => await read(async (view) => await listAuthentications(view, where)),
    readLastDecisions: async (where) => await read(async (view) => await readLastDecisions(view, where)),
    verifyTransaction: async ({ tenantId, transactionId, maxAgeMs, audit }) =>
      await write(async (view) => {
        const row = await view.db
          .selectFrom("authentications")
          .select("authentication_id")
          .where("tenant_id", "=", tenantId)
          .where("transaction_id", "=", transactionId)
          .where("outcome", "=", "passed")
          .where("created_at_ms", ">=", view.nowMs - maxAgeMs)
          .limit(1)
          .executeTakeFirst();
        const verified = row !== undefined;
        await appendAudit(view, tenantId, { ...audit, details: { ...audit.details, verified } });
        return verified;
      }),
  };
}

async function listAuthentications(
  view: ReadView,
  where: Parameters<Store["listAuthentications"]>[0],
): Promise<Page<Authentication>> {
  const before = sequenceCursor("authentications", where.after);
  let query = view.db
    .selectFrom("authentications")
    .selectAll()
    .where("tenant_id", "=", where.tenantId)
    .orderBy("sequence", "desc")
    .limit(where.limit + 1);
  if (before !== null) query = query.where("sequence", "<", before);
  if (where.customerId !== null) query = query.where("customer_id", "=", where.customerId);
  if (where.outcome !== null) query = query.where("outcome", "=", where.outcome);
  const { tenantId, fromMs, toMs } = where;
  // By place and not by time: the list is in the order of places, and a page far back is found as quickly as the first.
  if (fromMs !== undefined) query = query.where("sequence", ">", await placeBefore(view, { tenantId, atMs: fromMs }));
  if (toMs !== undefined) query = query.where("sequence", "<=", await placeBefore(view, { tenantId, atMs: toMs }));
  return toPage(await query.execute(), {
    limit: where.limit,
    itemOf: toAuthentication,
    cursorOf: (row) => encodeCursor("authentications", [row.sequence]),
  });
}

async function readLastDecisions(
  { db }: ReadView,
  { tenantId, limit }: InTenant & { readonly limit: number },
): Promise<readonly DecisionOnRecord[]> {
  const rows = await db
    .selectFrom("authentications as a")
    .leftJoin("events as e", (join) =>
      join.onRef("e.tenant_id", "=", "a.tenant_id").onRef("e.event_id", "=", "a.event_id"),
    )
    .selectAll("a")
    .select("e.body")
    .where("a.tenant_id", "=", tenantId)
    .orderBy("a.sequence", "desc")
    .limit(limit)
    .execute();
  return rows.map(({ body, ...row }) => ({ authentication: toAuthentication(row), body }));
}

function toAuthentication(row: AuthenticationRow): Authentication {
  return {
    authenticationId: row.authentication_id,
    tenantId: row.tenant_id,
    customerId: row.customer_id,
    outcome: row.outcome,
    failure: row.failure,
    reason: row.reason,
    transactionId: row.transaction_id,
    interviewId: row.interview_id,
    eventId: row.event_id,
    details: row.details,
    createdAtMs: row.created_at_ms,
  };
}
