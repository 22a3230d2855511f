import type { WorkerReport } from "./delivery/worker-report.ts";
import { faultFields, type Log } from "./http/log.ts";

/** One line for each thing that a delivery worker tells. */
export function logReport(log: Log, report: WorkerReport): void {
  switch (report.kind) {
    case "storeFailed":
      log.error("delivery waits for the store", { reason: report.during, ...faultFields(report.error) });
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
      log.warn(report.kind, fieldsOf(report));
  }
}

function fieldsOf({ tenantId, deliveryId, eventId, endpointId }: Extract<WorkerReport, { tenantId: string }>) {
  return { tenantId, deliveryId, eventId, endpointId };
}
