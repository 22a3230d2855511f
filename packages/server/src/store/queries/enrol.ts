import type { Enrolment, EnrolmentResult, Store } from "../store.ts";
import { appendAudit } from "./audit.ts";
import type { Backend, WriteView } from "./backend.ts";
import { finishCapture } from "./capture-sessions.ts";
import { readRevision } from "./customers.ts";
import { lockTenant } from "./lock-tenant.ts";
import { wantRoom } from "./quotas.ts";

/** The part of the {@link Store} that stores templates. */
export function enrolQueries({ write }: Backend): Pick<Store, "enrol"> {
  return { enrol: async (enrolment) => await write(async (view) => await enrol(view, enrolment)) };
}

async function enrol(view: WriteView, enrolment: Enrolment): Promise<EnrolmentResult> {
  await lockTenant(view, enrolment.tenantId);
  const known = (await readRevision(view, enrolment)) !== null;
  const { tenantId } = enrolment;
  if (!known && enrolment.mode === "replace") await wantRoom(view, { tenantId, resource: "customers" });
  if (enrolment.mode === "add") {
    if (!known) return { kind: "unknownCustomer" };
    if ((await countTemplates(view, enrolment)) >= enrolment.maxTemplates) return { kind: "tooManyTemplates" };
  }
  if (enrolment.captureSessionId !== undefined) {
    const ref = { tenantId: enrolment.tenantId, sessionId: enrolment.captureSessionId };
    const { interviewId } = enrolment.template;
    if (!(await finishCapture(view, ref, { interviewId }))) return { kind: "captureEnded" };
  }
  await writeCustomer(view, enrolment);
  if (enrolment.mode === "replace") {
    await view.db
      .deleteFrom("templates")
      .where("tenant_id", "=", enrolment.tenantId)
      .where("customer_id", "=", enrolment.customerId)
      .execute();
  }
  const { template } = enrolment;
  await view.db
    .insertInto("templates")
    .values({
      tenant_id: enrolment.tenantId,
      customer_id: enrolment.customerId,
      interview_id: template.interviewId,
      embedder_id: template.embedderId,
      sealed: template.sealed,
      image_digest: template.imageDigest,
      enrolled_at_ms: view.nowMs,
    })
    .execute();
  await appendAudit(view, enrolment.tenantId, enrolment.audit);
  const kind = enrolment.mode === "add" ? "added" : known ? "replaced" : "created";
  return { kind, enrolledAtMs: view.nowMs };
}

async function writeCustomer(view: WriteView, enrolment: Enrolment): Promise<void> {
  const present = {
    revision: enrolment.revision,
    consent_reference: enrolment.consent.reference,
    consent_at_ms: enrolment.consent.atMs ?? view.nowMs,
    enrolled_at_ms: view.nowMs,
    last_contact_at_ms: view.nowMs,
  };
  await view.db
    .insertInto("customers")
    .values({
      tenant_id: enrolment.tenantId,
      customer_id: enrolment.customerId,
      subject: enrolment.subject,
      created_at_ms: view.nowMs,
      ...present,
    })
    .onConflict((on) => on.columns(["tenant_id", "customer_id"]).doUpdateSet(present))
    .execute();
}

async function countTemplates({ db }: WriteView, enrolment: Enrolment): Promise<number> {
  const rows = await db
    .selectFrom("templates")
    .select("interview_id")
    .where("tenant_id", "=", enrolment.tenantId)
    .where("customer_id", "=", enrolment.customerId)
    .limit(enrolment.maxTemplates)
    .execute();
  return rows.length;
}
