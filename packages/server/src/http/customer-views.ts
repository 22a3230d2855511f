import type { CustomerView } from "../api/index.ts";
import type { Customer } from "../store/records.ts";
import { timestamp } from "./route.ts";

/** A customer as the API shows it: never a template, a digest or a picture. */
export function customerView(customer: Customer, embedderId: string): CustomerView {
  const { block, consent } = customer;
  return {
    customerId: customer.customerId,
    createdAt: timestamp(customer.createdAtMs),
    enrolledAt: timestamp(customer.enrolledAtMs),
    consent: { reference: consent.reference, at: timestamp(consent.atMs) },
    templates: customer.templates.map((one) => ({
      interviewId: one.interviewId,
      embedderId: one.embedderId,
      enrolledAt: timestamp(one.enrolledAtMs),
    })),
    needsEnrolment: !customer.templates.some((one) => one.embedderId === embedderId),
    block: block === null ? null : { reason: block.reason, at: timestamp(block.blockedAtMs) },
    lock: { consecutiveFailures: customer.consecutiveFailures },
  };
}
