import type { Customer, Page } from "../records.ts";
import type { CustomerRef, InTenant, Paging, Store } from "../store.ts";
import type { Backend, ReadView } from "./backend.ts";
import { encodeCursor, idCursor } from "./cursor.ts";
import { createSharedReads } from "./shared-reads.ts";
import type { CustomerRow, Tables, TemplateRow } from "./tables.ts";
import { toPage } from "./to-page.ts";

/** The part of the {@link Store} that reads customers. */
export function customerQueries(backend: Backend): Pick<Store, "readCustomer" | "listCustomers"> {
  return {
    readCustomer: createSharedReads(backend, { keyOf: ({ tenantId }) => tenantId, read: readCustomers }),
    listCustomers: async (where) => await backend.read(async (view) => await listCustomers(view, where)),
  };
}

/** The present revision; `null`: no such customer. */
export async function readRevision(view: ReadView, { tenantId, customerId }: CustomerRef): Promise<string | null> {
  return (await readRevisions(view, tenantId, [customerId])).get(customerId) ?? null;
}

/** The present revisions by id; one that is missing: no such customer. */
export async function readRevisions(
  view: ReadView,
  tenantId: string,
  customerIds: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const rows = await view.db
    .selectFrom("customers")
    .select(["customer_id", "revision"])
    .where("tenant_id", "=", tenantId)
    .where("customer_id", "in", view.listed(customerIds))
    .execute();
  return new Map(rows.map((row) => [row.customer_id, row.revision]));
}

/** All are of one tenant. */
async function readCustomers(view: ReadView, refs: readonly CustomerRef[]): Promise<readonly (Customer | null)[]> {
  const tenantId = refs[0]?.tenantId;
  if (tenantId === undefined) return [];
  const rows = await view.db
    .selectFrom("customers")
    .selectAll()
    .where("tenant_id", "=", tenantId)
    .where("customer_id", "in", view.listed(refs.map(({ customerId }) => customerId)))
    .execute();
  const customers = new Map((await withBelongings(view, rows)).map((one) => [one.customerId, one]));
  return refs.map(({ customerId }) => customers.get(customerId) ?? null);
}

async function listCustomers(
  view: ReadView,
  where: InTenant & Paging & { readonly needsEnrolment: { readonly embedderId: string } | null },
): Promise<Page<Customer>> {
  let query = view.db
    .selectFrom("customers")
    .selectAll()
    .where("tenant_id", "=", where.tenantId)
    .where("customer_id", ">", idCursor("customers", where.after) ?? "")
    .orderBy("customer_id")
    .limit(where.limit + 1);
  const { needsEnrolment } = where;
  if (needsEnrolment !== null) {
    query = query.where((where) =>
      where.not(
        where.exists(
          where
            .selectFrom("templates")
            .select("interview_id")
            .whereRef("templates.tenant_id", "=", "customers.tenant_id")
            .whereRef("templates.customer_id", "=", "customers.customer_id")
            .where("embedder_id", "=", needsEnrolment.embedderId),
        ),
      ),
    );
  }
  const page = toPage(await query.execute(), {
    limit: where.limit,
    itemOf: (row) => row,
    cursorOf: (row) => encodeCursor("customers", [row.customer_id]),
  });
  return { items: await withBelongings(view, page.items), next: page.next };
}

/** All rows are of one tenant. */
async function withBelongings(view: ReadView, rows: readonly CustomerRow[]): Promise<readonly Customer[]> {
  const tenantId = rows[0]?.tenant_id;
  if (tenantId === undefined) return [];
  const subjects = view.listed(rows.map((row) => row.subject));
  const templates = await view.db
    .selectFrom("templates")
    .selectAll()
    .where("tenant_id", "=", tenantId)
    .where("customer_id", "in", view.listed(rows.map((row) => row.customer_id)))
    .orderBy("enrolled_at_ms")
    .orderBy("interview_id")
    .execute();
  const blocks = await view.db
    .selectFrom("blocks")
    .selectAll()
    .where("tenant_id", "=", tenantId)
    .where("subject", "in", subjects)
    .execute();
  const counters = await view.db
    .selectFrom("failure_counters")
    .selectAll()
    .where("tenant_id", "=", tenantId)
    .where("scope", "=", "customer")
    .where("subject", "in", subjects)
    .execute();
  return rows.map((row) => toCustomer(row, { templates, blocks, counters }));
}

function toCustomer(
  row: CustomerRow,
  belongings: {
    readonly templates: readonly TemplateRow[];
    readonly blocks: readonly Tables["blocks"][];
    readonly counters: readonly Tables["failure_counters"][];
  },
): Customer {
  const block = belongings.blocks.find((one) => one.subject === row.subject);
  const counter = belongings.counters.find((one) => one.subject === row.subject);
  return {
    tenantId: row.tenant_id,
    customerId: row.customer_id,
    revision: row.revision,
    consent: { reference: row.consent_reference, atMs: row.consent_at_ms },
    block: block === undefined ? null : { reason: block.reason, blockedAtMs: block.blocked_at_ms },
    templates: belongings.templates
      .filter((one) => one.customer_id === row.customer_id)
      .map((one) => ({
        interviewId: one.interview_id,
        embedderId: one.embedder_id,
        sealed: one.sealed,
        imageDigest: one.image_digest,
        enrolledAtMs: one.enrolled_at_ms,
      })),
    consecutiveFailures: counter?.consecutive_failures ?? 0,
    lastFailureAtMs: counter?.last_failure_at_ms ?? null,
    createdAtMs: row.created_at_ms,
    enrolledAtMs: row.enrolled_at_ms,
  };
}
