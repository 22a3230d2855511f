import type { Rows } from "../check-story.fixture.ts";
import type { Plan } from "./plan.fixture.ts";
import type { SimRequest } from "./sim-transport.fixture.ts";

/** In every second seed the first endpoint is an ordered one. */
export const isOrdered = (plan: Pick<Plan, "seed">, endpoint: number): boolean => plan.seed % 2 === 0 && endpoint === 0;

/**
 * What was delivered to an ordered endpoint came first in the order of the feed, customer by customer. Not looked at:
 * what comes again (a lost reply, a process that slept over its lease), and runs with a replay, which comes late by wish.
 */
export function* checkOrder(
  plan: Plan,
  { requests, rows, endpointIds }: { requests: readonly SimRequest[]; rows: Rows; endpointIds: readonly string[] },
): Iterable<string> {
  if (plan.steps.some((step) => step.kind === "replay")) return;
  const delivered = new Set(
    rows.deliveries.filter(({ status }) => status === "delivered").map((one) => `${one.eventId} ${one.endpointId}`),
  );
  const seen = new Set<string>();
  const last = new Map<string, number>();
  for (const { endpoint, eventId, headers, body } of requests) {
    const sequence = headers["sameface-sequence"];
    const isFirst = delivered.has(`${eventId} ${endpointIds[endpoint]}`) && !seen.has(eventId);
    if (sequence === undefined || !isFirst) continue;
    seen.add(eventId);
    const { customerId } = JSON.parse(Buffer.from(body).toString("utf8")) as { readonly customerId?: string };
    if (customerId === undefined) continue;
    if (Number(sequence) < (last.get(customerId) ?? 0))
      yield `order: ${eventId} of ${customerId} came after a later one`;
    last.set(customerId, Number(sequence));
  }
}
