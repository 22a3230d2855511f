import type { AtMs } from "../records.ts";
import type { Backend, ReadView } from "./backend.ts";
import { eraseQueries, leaveTombstone } from "./erase.ts";

/** That somebody was erased, by keyed hash. */
export interface Tombstone {
  readonly tenantId: string;
  readonly subject: string;
  readonly receiptId: string;
  readonly erasedAtMs: AtMs;
}

/** A copy of the tombstones apart from the database. */
export interface OutsideTombstones {
  readonly all: () => readonly Tombstone[];
  readonly append: (tombstones: readonly Tombstone[]) => void;
}

const keyOf = ({ tenantId, subject }: Pick<Tombstone, "tenantId" | "subject">): string => `${tenantId}\n${subject}`;

/**
 * Makes a database and the tombstones outside of it agree: who was erased after the database was backed up is erased
 * again (F46), and what only the database knows is noted outside. Repeatable; who was enrolled again since stays.
 */
export async function agreeOnErased(backend: Backend, outside: OutsideTombstones): Promise<void> {
  const stones = await backend.read(async ({ db }) => await select({ db }).execute());
  const inside = new Map(stones.map((one) => [keyOf(one), one]));
  // A customer may be erased more than once: the last line counts.
  const last = new Map(outside.all().map((one) => [keyOf(one), one]));
  for (const [key, one] of last) {
    const known = inside.get(key);
    // By the receipt first: a clock may have been set back between two erasures.
    if (known?.receiptId !== one.receiptId && one.erasedAtMs >= (known?.erasedAtMs ?? 0))
      await eraseAgain(backend, one);
  }
  const isNoted = (one: Tombstone): boolean => {
    const noted = last.get(keyOf(one));
    return noted !== undefined && (noted.receiptId === one.receiptId || noted.erasedAtMs >= one.erasedAtMs);
  };
  outside.append(stones.filter((one) => !isNoted(one)));
}

/** The tombstone of one customer as it stands; `null`: never erased. */
export async function readTombstone(
  { read }: Backend,
  { tenantId, subject }: Pick<Tombstone, "tenantId" | "subject">,
): Promise<Tombstone | null> {
  return await read(async ({ db }) => {
    const found = select({ db }).where("tenant_id", "=", tenantId).where("subject", "=", subject);
    return (await found.executeTakeFirst()) ?? null;
  });
}

function select({ db }: Pick<ReadView, "db">) {
  return db
    .selectFrom("tombstones")
    .select(["tenant_id as tenantId", "subject", "receipt_id as receiptId", "erased_at_ms as erasedAtMs"]);
}

async function eraseAgain(backend: Backend, { tenantId, subject, receiptId, erasedAtMs }: Tombstone): Promise<void> {
  const customer = await backend.read(async (view) => await findCustomer(view, { tenantId, subject }));
  const ref = { tenantId, subject, customerId: customer?.customerId ?? "" };
  // Enrolled after the erasure, in a database that was begun anew: nothing of before is in it.
  if (customer !== null && customer.sinceMs > erasedAtMs) {
    await backend.write(async (view) => {
      await leaveTombstone(view, ref, receiptId);
    });
    return;
  }
  const audit = { actor: "restore", action: "customer.erased", target: `customer:${subject}`, details: {} };
  await eraseQueries(backend).eraseCustomer({ ...ref, receiptId, audit });
}

/** Tombstones know no ids; the customer's own row does, or an attempt under a name that was never enrolled. */
async function findCustomer(
  { db }: ReadView,
  { tenantId, subject }: Pick<Tombstone, "tenantId" | "subject">,
): Promise<{ readonly customerId: string; readonly sinceMs: AtMs } | null> {
  const enrolled = await db
    .selectFrom("customers")
    .select(["customer_id as customerId", "created_at_ms as sinceMs"])
    .where("tenant_id", "=", tenantId)
    .where("subject", "=", subject)
    .executeTakeFirst();
  if (enrolled !== undefined) return enrolled;
  const attempted = await db
    .selectFrom("events")
    .innerJoin("authentications", (on) =>
      on
        .onRef("authentications.tenant_id", "=", "events.tenant_id")
        .onRef("authentications.event_id", "=", "events.event_id"),
    )
    .select(["authentications.customer_id as customerId", "authentications.created_at_ms as sinceMs"])
    .where("events.tenant_id", "=", tenantId)
    .where("events.subject", "=", subject)
    .orderBy("authentications.sequence")
    .executeTakeFirst();
  return attempted ?? null;
}
