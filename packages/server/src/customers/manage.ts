import { newId } from "@sameface/contract";
import type { Customer, ErasureCounts, Page } from "../store/records.ts";
import type { CustomerRef, Paging } from "../store/store.ts";
import { type CustomerParts, customerRef } from "./enrol.ts";

/** A change to one customer, and who asked for it. */
export interface CustomerChange {
  readonly tenantId: string;
  readonly customerId: string;
  /** `key:<keyId>` */
  readonly actor: string;
}

/** `null`: no such customer. */
export async function readCustomer(
  parts: CustomerParts,
  where: { readonly tenantId: string; readonly customerId: string },
): Promise<Customer | null> {
  return await parts.store.readCustomer(customerRef(parts, where));
}

/** `needsEnrolment`: only those whom the present embedder cannot judge. */
export async function listCustomers(
  parts: CustomerParts,
  { needsEnrolment, ...where }: Paging & { readonly tenantId: string; readonly needsEnrolment: boolean },
): Promise<Page<Customer>> {
  const embedderId = parts.engine.describe().embedderId;
  return await parts.store.listCustomers({ ...where, needsEnrolment: needsEnrolment ? { embedderId } : null });
}

/** From now on every attempt is 4003. @returns false: no such customer */
export async function blockCustomer(
  parts: CustomerParts,
  change: CustomerChange & { readonly reason: string },
): Promise<boolean> {
  const ref = customerRef(parts, change);
  const revision = newId(parts.random);
  return await parts.store.block({ ...ref, revision, reason: change.reason, audit: audit(change, ref, "blocked") });
}

/** @returns false: no such customer */
export async function unblockCustomer(parts: CustomerParts, change: CustomerChange): Promise<boolean> {
  const ref = customerRef(parts, change);
  return await parts.store.unblock({ ...ref, revision: newId(parts.random), audit: audit(change, ref, "unblocked") });
}

/** Sets the count of failures to zero. @returns false: no such customer */
export async function unlockCustomer(parts: CustomerParts, change: CustomerChange): Promise<boolean> {
  const ref = customerRef(parts, change);
  return await parts.store.unlock({ ...ref, audit: audit(change, ref, "unlocked") });
}

/** Takes the customer out of every table; repeatable. @see interface.md, `DELETE /v1/customers/{id}` */
export async function eraseCustomer(
  parts: CustomerParts,
  change: CustomerChange,
): Promise<{ readonly erased: ErasureCounts; readonly receiptId: string }> {
  const ref = customerRef(parts, change);
  const receiptId = newId(parts.random);
  const erased = await parts.store.eraseCustomer({ ...ref, receiptId, audit: audit(change, ref, "erased") });
  return { erased, receiptId };
}

/** The audit names a customer by its keyed hash only: it outlives an erasure. */
function audit({ actor }: CustomerChange, { subject }: CustomerRef, verb: string) {
  return { actor, action: `customer.${verb}`, target: `customer:${subject}`, details: {} };
}
