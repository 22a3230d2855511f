import type { Schemas } from "@sameface/contract/client";
import { useEffect } from "react";
import { hrefOf } from "../app/routes.ts";
import { useAnswer } from "../app/use-answer.tsx";
import { useLive } from "../app/use-live.tsx";
import { Badge } from "../kit/badge.tsx";
import { Card, Facts } from "../kit/card.tsx";
import { Code } from "../kit/code.tsx";
import { milliseconds } from "../kit/format.ts";
import { PageHead } from "../kit/page-head.tsx";
import { Empty, Failed, Loading } from "../kit/states.tsx";
import { ClockTime, Time } from "../kit/time.tsx";
import { DELIVERY_STATES } from "../kit/tones.ts";
import { answerOf, requestOf } from "./exchange.ts";
import { Resend } from "./resend.tsx";

type Delivery = Schemas["DeliveryDetail"];

/** States in which something is about to happen; a test send has no pulse, so it is asked for. */
const OPEN: ReadonlySet<Delivery["status"]> = new Set(["pending", "inFlight", "failing"]);
const ASK_EVERY_MS = 2_000;

/** One delivery with every request and answer. */
export function DeliveryDetail({ id }: { readonly id: string }) {
  const { asked, reload } = useAnswer(
    `delivery ${id}`,
    async (client, signal) => await client.readDelivery({ id }, { signal }),
  );
  useLive(reload);
  const open = asked.state === "ready" && OPEN.has(asked.body.status);
  useEffect(() => {
    if (!open) return undefined;
    const timer = setInterval(reload, ASK_EVERY_MS);
    return () => {
      clearInterval(timer);
    };
  }, [open, reload]);
  const back = { href: hrefOf("deliveries"), label: "Deliveries" };
  if (asked.state !== "ready") {
    return (
      <>
        <PageHead title="Delivery" back={back} />
        <div className="card">
          {asked.state === "loading" ? <Loading /> : <Failed failure={asked.failure} onRetry={reload} />}
        </div>
      </>
    );
  }
  const delivery = asked.body;
  return (
    <>
      <PageHead title="Delivery" back={back} actions={<Resend delivery={delivery} onDone={reload} />}>
        <span className="mono">{delivery.id}</span>
      </PageHead>
      <DeliveryBody delivery={delivery} />
    </>
  );
}

function DeliveryBody({ delivery }: { readonly delivery: Delivery }) {
  const { eventId, endpointId } = delivery;
  const endpoint = useAnswer(
    `endpoint ${endpointId}`,
    async (client, signal) => await client.readEndpoint({ id: endpointId }, { signal }),
  );
  const { asked } = endpoint;
  const url = asked.state === "ready" ? asked.body.url : null;
  // Not yet known is not gone.
  const sentTo = asked.state === "loading" ? "…" : url;
  return (
    <div className="stack">
      <Card title="State">
        <Facts items={factsOf(delivery, url)} />
      </Card>
      <Card title="Attempts" flush>
        {delivery.attemptLog.length === 0 ? (
          <Empty icon="send" title="Not tried yet">
            It goes out when it is due.
          </Empty>
        ) : (
          delivery.attemptLog
            .toReversed()
            .map((attempt, index) => (
              <AttemptRow key={attempt.number} attempt={attempt} open={index === 0} sent={{ url: sentTo, eventId }} />
            ))
        )}
      </Card>
    </div>
  );
}

function factsOf(delivery: Delivery, url: string | null) {
  const { status, reason, nextAttemptAt } = delivery;
  return [
    [
      "State",
      <Badge key="state" tone={DELIVERY_STATES[status].tone}>
        {DELIVERY_STATES[status].label}
      </Badge>,
    ],
    ...(reason === null ? [] : [["Reason", reason] as const]),
    [
      "Endpoint",
      <a key="endpoint" className="verbatim" href={hrefOf("endpoints", delivery.endpointId)}>
        {url ?? delivery.endpointId}
      </a>,
    ],
    [
      "Event",
      <span key="event" className="mono">
        {delivery.eventId}
      </span>,
    ],
    ...(nextAttemptAt === null ? [] : [["Next attempt", <Time key="next" at={nextAttemptAt} />] as const]),
    ["Made", <ClockTime key="made" at={delivery.createdAt} />],
  ] as const;
}

function AttemptRow({
  attempt,
  open,
  sent,
}: {
  readonly attempt: Delivery["attemptLog"][number];
  readonly open: boolean;
  readonly sent: { readonly url: string | null; readonly eventId: string };
}) {
  const good = attempt.result === "delivered";
  return (
    <details className="attempt" open={open}>
      <summary>
        <b>Attempt {attempt.number}</b>
        <Badge tone={good ? "good" : "bad"}>{good ? "Taken" : "Failed"}</Badge>
        <span className="note">
          {attempt.httpStatus === null ? (attempt.reason ?? "") : `HTTP ${attempt.httpStatus}`}
        </span>
        <span className="faint small">
          {milliseconds(attempt.durationMs)}, <ClockTime at={attempt.startedAt} />
        </span>
      </summary>
      <div className="body">
        <div>
          <h3>Request</h3>
          <Code label={`request ${attempt.number}`} text={requestOf(attempt, sent)} />
        </div>
        <div>
          <h3>Answer</h3>
          <Code label={`answer ${attempt.number}`} text={answerOf(attempt)} />
        </div>
      </div>
    </details>
  );
}
