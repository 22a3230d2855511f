import type { AttemptResult } from "../store.ts";
import type { DeliveryAttemptRow, DeliveryRow } from "./tables.ts";

/** The row of an attempt's log. */
export function attemptRow(
  row: Pick<DeliveryRow, "tenant_id" | "delivery_id" | "attempts">,
  { attempt }: AttemptResult,
): DeliveryAttemptRow {
  return {
    tenant_id: row.tenant_id,
    delivery_id: row.delivery_id,
    number: row.attempts,
    started_at_ms: attempt.startedAtMs,
    duration_ms: attempt.durationMs,
    result: attempt.result,
    reason: attempt.reason,
    http_status: attempt.httpStatus,
    reply_body: attempt.replyBody,
    reply_content_type: attempt.replyContentType,
  };
}
