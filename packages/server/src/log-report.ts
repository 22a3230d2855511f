import type { SweepReport } from "./delivery/sweeper.ts";
import type { WorkerReport } from "./delivery/worker-report.ts";
import { faultFields, type Log } from "./http/log.ts";
import type { RewrapReport } from "./vault/rewrapper.ts";

/** One line for each thing that a delivery worker, the sweeper or the rewrapper tells. */
export function logReport(log: Log, report: WorkerReport | SweepReport | RewrapReport): void {
  switch (report.kind) {
    case "storeFailed":
      log.error("delivery waits for the store", { reason: report.during, ...faultFields(report.error) });
      return;
    case "sweepFailed":
      log.error("what is old was not swept; the next sweep goes on", faultFields(report.error));
      return;
    case "swept":
      log.info("swept what is old", { tenantId: report.tenantId, count: report.events });
      return;
    case "rewrapped":
      log.info("all is under the master key: the previous one can be taken away", { count: report.records });
      return;
    case "rewrapFailed":
      log.error("records wait to be moved to the master key; the previous one must stay", faultFields(report.error));
      return;
    case "forgot":
      log.info("erased customers who did not come for long", { tenantId: report.tenantId, count: report.customers });
      return;
    case "faulted":
      log.error("a delivery failed by a fault of the server", faultFields(report.error));
      return;
    case "attempted":
      log[report.reason === null ? "info" : "warn"]("attempted", {
        ...fieldsOf(report),
        reason: report.reason,
        status: report.httpStatus,
        ms: report.durationMs,
        code: report.next,
      });
      return;
    case "quarantined":
    case "stale":
    case "released":
    case "unrecorded":
      // What was leased ahead of an endpoint that fails is given back: nothing is wrong with it.
      log[report.kind === "released" ? "info" : "warn"](report.kind, fieldsOf(report));
  }
}

function fieldsOf({ tenantId, deliveryId, eventId, endpointId }: Extract<WorkerReport, { tenantId: string }>) {
  return { tenantId, deliveryId, eventId, endpointId };
}
