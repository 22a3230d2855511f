import { createHash } from "node:crypto";
import type { IdempotentStart, InTenant, Store, StoredAnswer } from "../store.ts";
import type { Backend, WriteView } from "./backend.ts";
import type { IdempotencyRow } from "./tables.ts";

type Begin = Parameters<Store["beginIdempotent"]>[0];

/** The part of the {@link Store} about repeated requests. */
export function idempotencyQueries({ write }: Backend): Pick<Store, "beginIdempotent" | "abandonIdempotent"> {
  return {
    beginIdempotent: async (where) => await write(async (view) => await begin(view, where)),
    abandonIdempotent: async ({ tenantId, key }) => {
      await write(async ({ db }) => {
        await db
          .deleteFrom("idempotency")
          .where("tenant_id", "=", tenantId)
          .where("key_hash", "=", hashKey(key))
          .where("status", "is", null)
          .execute();
      });
    },
  };
}

async function begin(view: WriteView, where: Begin): Promise<IdempotentStart> {
  const row = {
    tenant_id: where.tenantId,
    key_hash: hashKey(where.key),
    request_hash: where.requestHash,
    subject: where.subject,
    lease_until_ms: view.nowMs + where.leaseMs,
    status: null,
    body: null,
    created_at_ms: view.nowMs,
  };
  // The insert decides who is first, also where two processes ask at the same moment.
  const inserted = await view.db
    .insertInto("idempotency")
    .values(row)
    .onConflict((on) => on.columns(["tenant_id", "key_hash"]).doNothing())
    .returning("key_hash")
    .executeTakeFirst();
  if (inserted !== undefined) return { kind: "started" };
  const standing = await readRow(view, where);
  if (standing === undefined) return { kind: "running" };
  if (standing.request_hash !== where.requestHash) return { kind: "otherRequest" };
  const answer = toAnswer(standing);
  if (answer !== null) return { kind: "done", answer };
  return (await takeOver(view, where)) ? { kind: "started" } : { kind: "running" };
}

async function takeOver(view: WriteView, where: Begin): Promise<boolean> {
  const taken = await view.db
    .updateTable("idempotency")
    .set({ lease_until_ms: view.nowMs + where.leaseMs })
    .where("tenant_id", "=", where.tenantId)
    .where("key_hash", "=", hashKey(where.key))
    .where("status", "is", null)
    .where("lease_until_ms", "<=", view.nowMs)
    .returning("key_hash")
    .executeTakeFirst();
  return taken !== undefined;
}

/**
 * Keeps the answer under a begun key.
 * @returns the answer of another run that was quicker; `null`: this one stands
 */
export async function keepAnswer(
  view: WriteView,
  kept: InTenant & { readonly key: string; readonly answer: StoredAnswer },
): Promise<StoredAnswer | null> {
  const updated = await view.db
    .updateTable("idempotency")
    .set({ status: kept.answer.status, body: kept.answer.body })
    .where("tenant_id", "=", kept.tenantId)
    .where("key_hash", "=", hashKey(kept.key))
    .where("status", "is", null)
    .returning("key_hash")
    .executeTakeFirst();
  if (updated !== undefined) return null;
  const standing = await readRow(view, kept);
  return standing === undefined ? null : toAnswer(standing);
}

async function readRow(
  { db }: WriteView,
  where: InTenant & { readonly key: string },
): Promise<IdempotencyRow | undefined> {
  return await db
    .selectFrom("idempotency")
    .selectAll()
    .where("tenant_id", "=", where.tenantId)
    .where("key_hash", "=", hashKey(where.key))
    .executeTakeFirst();
}

function toAnswer({ status, body }: IdempotencyRow): StoredAnswer | null {
  return status === null || body === null ? null : { status, body };
}

function hashKey(key: string): string {
  return createHash("sha256").update(key).digest("hex");
}
