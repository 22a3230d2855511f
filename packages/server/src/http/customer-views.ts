import type { CustomerView } from "../api/index.ts";
import type { LockLimits } from "../store/lock-state.ts";
import { lockStateOf } from "../store/lock-state.ts";
import type { Customer } from "../store/records.ts";
import { timestamp } from "./route.ts";

/** What the state of a customer depends on beside its row. */
export interface ViewContext {
  readonly embedderId: string;
  readonly limits: LockLimits;
  readonly nowMs: number;
}

/** A customer as the API shows it: never a template, a digest or a picture. */
export function customerView(customer: Customer, { embedderId, limits, nowMs }: ViewContext): CustomerView {
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
    lock: { consecutiveFailures: customer.consecutiveFailures, ...lockView(customer, { limits, nowMs }) },
  };
}

function lockView(
  customer: Customer,
  context: Pick<ViewContext, "limits" | "nowMs">,
): Pick<CustomerView["lock"], "state" | "until"> {
  const lock = lockStateOf(customer, context);
  if (lock.kind === "open") return { state: "open", until: null };
  if (lock.retryAfterMs === null) return { state: "stopped", until: null };
  return { state: "waiting", until: timestamp(context.nowMs + lock.retryAfterMs) };
}
