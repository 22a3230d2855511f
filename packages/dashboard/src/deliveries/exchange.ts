import type { Schemas } from "@sameface/contract/client";

type Attempt = Schemas["DeliveryAttemptView"];

/** The head of a request as it was sent; its signature was fresh, and is kept nowhere. */
export function requestOf(
  attempt: Pick<Attempt, "startedAt">,
  sent: { readonly url: string | null; readonly eventId: string },
): string {
  return [
    `POST ${sent.url ?? "(the endpoint is gone)"}`,
    "content-type: application/json",
    `webhook-id: ${sent.eventId}`,
    `webhook-timestamp: ${Math.floor(Date.parse(attempt.startedAt) / 1_000)}`,
    "webhook-signature: (made anew for each attempt, not kept)",
  ].join("\n");
}

/** What came back, in one text; what a receiver wrote stays as it is. */
export function answerOf({ httpStatus, reason, reply }: Pick<Attempt, "httpStatus" | "reason" | "reply">): string {
  const status = httpStatus === null ? `No answer: ${reason ?? "unknown"}` : `HTTP ${httpStatus}`;
  if (reply === null) return status;
  const type = reply.contentType === null ? [] : [`content-type: ${reply.contentType}`];
  return [status, ...type, "", reply.body].join("\n");
}
