import type { Clock } from "../clock.ts";
import type { Random } from "../random.ts";
import type { AttemptResult, ClaimedDelivery, NextStep, Store } from "../store/store.ts";
import { NO_SPAN, type Span, type Tracer, within } from "../tracing/tracer.ts";
import type { Attempt } from "./attempt.ts";
import { judgeAttempt } from "./judge-attempt.ts";
import type { Flight } from "./lane.ts";
import { PROFILES } from "./profiles.ts";
import { failureReason, type SendResult } from "./send-result.ts";
import { insist } from "./store-retry.ts";
import type { ReportedDelivery, WorkerReport } from "./worker-report.ts";

/** What {@link deliver} works with. */
export interface DeliverOptions {
  readonly store: Pick<Store, "finishAttempt" | "releaseDelivery">;
  readonly attempt: Attempt;
  /** Absent: nothing is traced. */
  readonly tracer?: Tracer;
  readonly clock: Clock;
  readonly random: Random;
  /** `SAMEFACE_RETRY_SCHEDULE` in milliseconds; `null`: not set. */
  readonly standardWaitsMs: readonly number[] | null;
  /** Deliveries that took so many processes with them are not tried again (F40). */
  readonly mostCrashes: number;
  /** How long a result may be offered to a store that does not take it. */
  readonly recordForMs: number;
  /** Aborted when the worker is to end now. */
  readonly signal: AbortSignal;
  readonly report: (report: WorkerReport) => void;
}

type Landed = Parameters<Flight["send"]>[0];

/**
 * One claimed delivery from the lease to its result: sign, send, judge, record. Never rejects for what the world does.
 * @param flight.landed called when nothing is left but to record
 */
export async function deliver(
  { claimed, landed }: { readonly claimed: ClaimedDelivery; readonly landed: Landed },
  options: DeliverOptions,
): Promise<void> {
  const startedAtMs = options.clock.nowMs();
  if (claimed.crashes >= options.mostCrashes) {
    const attempt = { ...NO_REPLY, startedAtMs, durationMs: 0, result: "failed", reason: "quarantined" } as const;
    await record({ claimed, attempt, next: { kind: "dead", reason: "quarantined" } }, options);
    options.report({ kind: "quarantined", crashes: claimed.crashes, ...reported(claimed) });
    return;
  }
  const startedMs = options.clock.monotonicMs();
  const { acknowledges } = PROFILES[claimed.endpoint.profile];
  const span = beginSpan(claimed, options.tracer);
  const post = async () => await options.attempt({ ...claimed, acknowledges, signal: options.signal });
  const result = await within(span, "post", post);
  if (result.kind === "failed" && result.reason === "stopped") {
    span.end({ fault: result.reason });
    await release(claimed, options);
    return;
  }
  const durationMs = Math.round(options.clock.monotonicMs() - startedMs);
  const next = judgeAttempt(result, {
    profile: claimed.endpoint.profile,
    retriesDone: claimed.retriesDone,
    jitterFraction: options.random.fraction(),
    nowMs: options.clock.nowMs(),
    standardWaitsMs: options.standardWaitsMs,
  });
  const attempt = attemptRow(result, { startedAtMs, durationMs });
  landed({ acknowledged: next.kind === "delivered" });
  await within(span, "store attempt", async () => {
    await record({ claimed, attempt, next }, options);
  });
  const { reason, httpStatus } = attempt;
  span.end({ status: httpStatus, next: next.kind, ...(reason === null ? {} : { reason, fault: reason }) });
  options.report({ kind: "attempted", reason, httpStatus, durationMs, next: next.kind, ...reported(claimed) });
}

/** In the trace of what led to the event, however long ago; what was not traced begins no trace here. */
function beginSpan(claimed: ClaimedDelivery, tracer: Tracer | undefined): Span {
  const { traceparent: parent, attemptNumber, tenantId, deliveryId, eventId, endpoint, outcome } = claimed;
  if (tracer === undefined || parent === null) return NO_SPAN;
  const { endpointId } = endpoint;
  const facts = { tenantId, deliveryId, eventId, endpointId, outcome, attempt: attemptNumber };
  return tracer.begin("deliver", { kind: "consumer", parent, facts });
}

const NO_REPLY = { httpStatus: null, replyBody: null, replyContentType: null } as const;

function attemptRow(
  result: SendResult,
  times: { readonly startedAtMs: number; readonly durationMs: number },
): AttemptResult["attempt"] {
  const reason = failureReason(result);
  const verdict = { ...times, reason, result: reason === null ? "delivered" : "failed" } as const;
  if (result.kind === "failed") return { ...NO_REPLY, ...verdict };
  const { status, replyBody, contentType } = result;
  return { ...verdict, httpStatus: status, replyBody, replyContentType: contentType };
}

async function record(
  done: {
    readonly claimed: ClaimedDelivery;
    readonly attempt: AttemptResult["attempt"];
    readonly next: NextStep;
  },
  options: DeliverOptions,
): Promise<void> {
  const { claimed, attempt, next } = done;
  const { tenantId, deliveryId, fencingToken } = claimed;
  const { endpointId } = claimed.endpoint;
  const result = { tenantId, deliveryId, endpointId, fencingToken, attempt, next };
  const written = await insist(async () => await options.store.finishAttempt(result), {
    ...options,
    forMs: options.recordForMs,
    onFailure: (error) => {
      options.report({ kind: "storeFailed", during: "finish", error });
    },
  });
  if (written === null) options.report({ kind: "unrecorded", ...reported(claimed) });
  if (written?.kind === "stale") options.report({ kind: "stale", ...reported(claimed) });
}

/** Gives the lease back, so that the delivery is due at once for the next process; else it waits for the lease's end. */
export async function release(
  claimed: ClaimedDelivery,
  { store, report }: Pick<DeliverOptions, "store" | "report">,
): Promise<void> {
  const { tenantId, deliveryId, fencingToken } = claimed;
  try {
    await store.releaseDelivery({ tenantId, deliveryId, fencingToken });
    report({ kind: "released", ...reported(claimed) });
  } catch (error) {
    report({ kind: "storeFailed", during: "release", error });
  }
}

function reported({ tenantId, deliveryId, eventId, endpoint, attemptNumber }: ClaimedDelivery): ReportedDelivery {
  return { tenantId, deliveryId, eventId, endpointId: endpoint.endpointId, attemptNumber };
}
