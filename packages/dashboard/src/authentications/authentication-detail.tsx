import type { Schemas } from "@sameface/contract/client";
import { hrefOf } from "../app/routes.ts";
import { useAnswer } from "../app/use-answer.tsx";
import { useLive } from "../app/use-live.tsx";
import { DeliveryTable } from "../deliveries/delivery-table.tsx";
import { Badge } from "../kit/badge.tsx";
import { Card, Facts } from "../kit/card.tsx";
import { Code } from "../kit/code.tsx";
import { CopyButton } from "../kit/copy-button.tsx";
import { PageHead } from "../kit/page-head.tsx";
import { Empty, Failed, Loading } from "../kit/states.tsx";
import { ClockTime, Time } from "../kit/time.tsx";
import { OUTCOMES } from "../kit/tones.ts";
import { curlOf, fixtureOf } from "./copy-as.ts";
import { findingsOf } from "./findings.ts";
import { timelineOf } from "./timeline.ts";

type Detail = Schemas["AuthenticationDetail"];

/** One attempt, from its request to its receivers. */
export function AuthenticationDetail({ id }: { readonly id: string }) {
  const { asked, reload } = useAnswer(
    `authentication ${id}`,
    async (client, signal) => await client.readAuthentication({ id }, { signal }),
  );
  useLive(reload);
  const back = { href: hrefOf("authentications"), label: "Authentications" };
  if (asked.state === "ready") return <Body detail={asked.body} reload={reload} back={back} />;
  return (
    <>
      <PageHead title="Authentication" back={back} />
      <div className="card">
        {asked.state === "loading" ? <Loading /> : <Failed failure={asked.failure} onRetry={reload} />}
      </div>
    </>
  );
}

function Body({
  detail,
  reload,
  back,
}: {
  readonly detail: Detail;
  readonly reload: () => void;
  readonly back: { readonly href: string; readonly label: string };
}) {
  const { label, tone } = OUTCOMES[detail.outcome];
  return (
    <>
      <PageHead title={detail.customerId} back={back} actions={<Badge tone={tone}>{label}</Badge>}>
        <Time at={detail.createdAt} />, <ClockTime at={detail.createdAt} />
      </PageHead>
      <div className="halves">
        <div className="stack">
          <Card title="Ten steps">
            <ol className="timeline">
              {timelineOf(detail).map((step) => (
                <li key={step.title} data-state={step.state}>
                  <div>
                    <b>{step.title}</b>
                    <span>
                      {step.state === "done" ? null : <span className="hidden">{step.state}: </span>}
                      {step.told}
                    </span>
                  </div>
                </li>
              ))}
            </ol>
          </Card>
        </div>
        <div className="stack">
          <Findings detail={detail} />
          <Card title="Deliveries" flush>
            <DeliveryTable deliveries={detail.deliveries} reload={reload} />
          </Card>
          <BodyCard detail={detail} />
          <Ids detail={detail} />
        </div>
      </div>
    </>
  );
}

function Findings({ detail }: { readonly detail: Detail }) {
  const findings = findingsOf(detail);
  const items = findings.map(
    ({ name, told, tone }) =>
      [
        name,
        <Badge key={name} tone={tone}>
          {told}
        </Badge>,
      ] as const,
  );
  const reason = detail.reason === null ? [] : ([["Reason", <b key="reason">{detail.reason}</b>]] as const);
  const code = detail.errorCode === null ? [] : ([["Error code", String(detail.errorCode)]] as const);
  const hints = detail.hints.length === 0 ? [] : ([["What the person can do", detail.hints.join("; ")]] as const);
  return (
    <Card title="What was seen">
      {items.length + reason.length + code.length === 0 ? (
        <p className="note">Nothing was measured for this outcome.</p>
      ) : (
        <Facts items={[...code, ...reason, ...items, ...hints]} />
      )}
      {detail.outcome === "passed" ? null : (
        <p className="faint small">No similarity is kept of what did not match: it would tell how to come closer.</p>
      )}
    </Card>
  );
}

function BodyCard({ detail }: { readonly detail: Detail }) {
  const { body, eventId, createdAt: at } = detail;
  if (body === null) {
    return (
      <Card title="Body as sent" flush>
        <Empty icon="trash" title="Erased">
          The customer was erased, and what was sent about them with it.
        </Empty>
      </Card>
    );
  }
  const url = "https://your-receiver.example/webhooks";
  return (
    <Card
      title="Body as sent"
      actions={
        <>
          <CopyButton text={curlOf({ url, eventId, body, at })} label="Copy as curl" />
          <CopyButton text={fixtureOf({ eventId, body, at })} label="Copy as test fixture" />
        </>
      }
    >
      <Code text={body} label="body" />
    </Card>
  );
}

function Ids({ detail }: { readonly detail: Detail }) {
  const { customerId } = detail;
  const ids = {
    Authentication: detail.id,
    Event: detail.eventId,
    Transaction: detail.transactionId,
    Enrolment: detail.interviewId,
  };
  return (
    <Card title="Ids">
      <Facts
        items={[
          [
            "Customer",
            <a key="customer" className="mono" href={hrefOf("customers", customerId)}>
              {customerId}
            </a>,
          ],
          ...Object.entries(ids).flatMap(([name, id]) =>
            id === null
              ? []
              : [
                  [
                    name,
                    <span key={name} className="mono">
                      {id}
                    </span>,
                  ] as const,
                ],
          ),
        ]}
      />
    </Card>
  );
}
