import type { NextStep } from "../store/store.ts";

/** Which delivery a report is about. No body, header or URL stands in a report (S34). */
export interface ReportedDelivery {
  readonly tenantId: string;
  readonly deliveryId: string;
  readonly eventId: string;
  readonly endpointId: string;
  readonly attemptNumber: number;
}

/** What a worker tells its host, to be logged or shown to an operator. */
export type WorkerReport =
  | ({
      readonly kind: "attempted";
      /** `null`: acknowledged. */
      readonly reason: string | null;
      readonly httpStatus: number | null;
      readonly durationMs: number;
      readonly next: NextStep["kind"];
    } & ReportedDelivery)
  /** Its process died as often as it may: the delivery is dead, an operator may retry it (F40). */
  | ({ readonly kind: "quarantined"; readonly crashes: number } & ReportedDelivery)
  /** The lease had gone to another, or the row was erased: the result was not written (F28). */
  | ({ readonly kind: "stale" } & ReportedDelivery)
  /** The worker was stopped: the lease was given back. */
  | ({ readonly kind: "released" } & ReportedDelivery)
  /** The store would not take it before the lease ended: the delivery will be sent once more, with the same id. */
  | ({ readonly kind: "unrecorded" } & ReportedDelivery)
  /** The worker goes on by itself, with a wait that grows. */
  | { readonly kind: "storeFailed"; readonly during: "claim" | "finish" | "release"; readonly error: unknown }
  /** A fault of the worker's own code; the delivery's lease runs out and it is claimed again. */
  | { readonly kind: "faulted"; readonly error: unknown };
