import type { Schemas } from "@sameface/contract/client";
import { useState } from "react";
import { List } from "../app/list.tsx";
import { hrefOf } from "../app/routes.ts";
import { useMay } from "../app/session.tsx";
import { useAct } from "../app/use-act.tsx";
import { useAnswer } from "../app/use-answer.tsx";
import { usePages } from "../app/use-pages.tsx";
import { Badge } from "../kit/badge.tsx";
import { Button } from "../kit/button.tsx";
import { Card, Facts } from "../kit/card.tsx";
import { PageHead } from "../kit/page-head.tsx";
import { Empty, Failed, Loading } from "../kit/states.tsx";
import { Table } from "../kit/table.tsx";
import { ClockTime, Time } from "../kit/time.tsx";
import { OUTCOMES } from "../kit/tones.ts";
import { CustomerAccess } from "./customer-access.tsx";
import { CustomerBadges } from "./customer-badges.tsx";
import { EnrolCustomer } from "./enrol-customer.tsx";
import { EraseCustomer } from "./erase-customer.tsx";
import { ExportCustomer } from "./export-customer.tsx";

interface CustomerParts {
  readonly customer: Schemas["CustomerView"];
  readonly onChanged: () => void;
}

const BACK = { href: hrefOf("customers"), label: "Customers" };

/** One customer: what bars them, what is on record, what happened. */
export function CustomerDetail({ customerId }: { readonly customerId: string }) {
  const { asked, reload } = useAnswer(`customer ${customerId}`, async (client) => {
    return await client.readCustomer({ customerId });
  });
  if (asked.state === "ready") return <Parts customer={asked.body} onChanged={reload} />;
  return (
    <>
      <PageHead title={customerId} back={BACK} />
      <div className="card">
        {asked.state === "loading" ? <Loading /> : <Failed failure={asked.failure} onRetry={reload} />}
      </div>
    </>
  );
}

function Parts({ customer, onChanged }: CustomerParts) {
  const { customerId } = customer;
  return (
    <>
      <PageHead title={customerId} back={BACK} actions={<CustomerBadges customer={customer} />} />
      <div className="two">
        <CustomerAccess customer={customer} onChanged={onChanged} />
        <OnRecord customer={customer} onChanged={onChanged} />
        <div className="wide">
          <History customerId={customerId} />
        </div>
        <div className="wide">
          <Data customerId={customerId} />
        </div>
      </div>
    </>
  );
}

function OnRecord({ customer, onChanged }: CustomerParts) {
  const { customerId, createdAt, consent, templates } = customer;
  const [enrolling, setEnrolling] = useState(false);
  const may = useMay("customers:write");
  return (
    <Card
      title="On record"
      actions={
        <Button
          small
          icon="camera"
          disabled={!may}
          why={may ? undefined : "Your key may not enrol customers"}
          onPress={() => {
            setEnrolling(true);
          }}
        >
          Enrol again
        </Button>
      }
    >
      <div className="stack">
        <Facts
          items={[
            ["Known since", <ClockTime key="c" at={createdAt} />],
            [
              "Consent",
              <span key="r" className="verbatim">
                {consent.reference}
              </span>,
            ],
            ["Consent given", <ClockTime key="g" at={consent.at} />],
          ]}
        />
        <Table
          label="Enrolments"
          rows={templates}
          keyOf={({ interviewId }) => interviewId}
          columns={[
            { label: "Enrolment", cell: ({ interviewId }) => <code className="wrap">{interviewId}</code> },
            { label: "Made", end: true, cell: ({ enrolledAt }) => <Time at={enrolledAt} /> },
          ]}
        />
      </div>
      {enrolling ? (
        <EnrolCustomer
          customerId={customerId}
          onClose={() => {
            setEnrolling(false);
            onChanged();
          }}
        />
      ) : null}
    </Card>
  );
}

function History({ customerId }: { readonly customerId: string }) {
  const pages = usePages(`history ${customerId}`, async (client, after) => {
    return await client.listAuthentications({ customerId, ...after });
  });
  return (
    <Card title="History" flush>
      <List
        pages={pages}
        label="Authentications of the customer"
        keyOf={({ id }) => id}
        hrefOf={({ id }) => hrefOf("authentications", id)}
        empty={
          <Empty icon="authentications" title="No authentication yet">
            Every attempt of this customer stands here, the refused ones too.
          </Empty>
        }
        columns={[
          { label: "When", cell: ({ createdAt }) => <ClockTime at={createdAt} /> },
          {
            label: "Outcome",
            cell: ({ outcome }) => <Badge tone={OUTCOMES[outcome].tone}>{OUTCOMES[outcome].label}</Badge>,
          },
          { label: "Reason", cell: ({ reason }) => <span className="verbatim">{reason ?? "–"}</span> },
          { label: "Ago", end: true, cell: ({ createdAt }) => <Time at={createdAt} /> },
        ]}
      />
    </Card>
  );
}

function Data({ customerId }: { readonly customerId: string }) {
  const [erasing, setErasing] = useState(false);
  const may = useMay("customers:write");
  const mayRead = useMay("customers:read");
  const { busy } = useAct();
  return (
    <Card title="The customer's data">
      <div className="row">
        <span className="note grow">
          The export holds all that is kept, for the customer to have. An erasure takes it out of every table, for good.
        </span>
        <ExportCustomer customerId={customerId} disabled={!mayRead && !may} />
        <Button
          kind="danger"
          icon="trash"
          busy={busy}
          disabled={!may}
          why={may ? undefined : "Your key may not erase customers"}
          onPress={() => {
            setErasing(true);
          }}
        >
          Erase
        </Button>
      </div>
      {erasing ? (
        <EraseCustomer
          customerId={customerId}
          onClose={() => {
            setErasing(false);
          }}
        />
      ) : null}
    </Card>
  );
}
