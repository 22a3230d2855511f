import type { Schemas } from "@sameface/contract/client";
import { useState } from "react";
import { List } from "../app/list.tsx";
import { hrefOf, type Place } from "../app/routes.ts";
import { useMay } from "../app/session.tsx";
import { usePages } from "../app/use-pages.tsx";
import { go } from "../app/use-place.tsx";
import { Badge } from "../kit/badge.tsx";
import { Button } from "../kit/button.tsx";
import { PageHead } from "../kit/page-head.tsx";
import { Empty } from "../kit/states.tsx";
import type { Column } from "../kit/table.tsx";
import { Time } from "../kit/time.tsx";
import { useNow } from "../kit/use-now.tsx";
import { AddEndpoint } from "./add-endpoint.tsx";
import { EndpointDetail } from "./endpoint-detail.tsx";
import { healthOf } from "./endpoint-health.ts";
import "./endpoints.css";

/** The page of endpoints: all of them, or one. */
export function EndpointsPage({ place }: { readonly place: Place }) {
  return place.rest === null ? <EndpointList /> : <EndpointDetail id={place.rest} query={place.query} />;
}

function EndpointList() {
  const pages = usePages("endpoints", async (client, after) => await client.listEndpoints(after));
  const [adding, setAdding] = useState(false);
  const may = useMay("endpoints:write");
  const nowMs = useNow();
  const add = (
    <Button
      kind="primary"
      icon="plus"
      disabled={!may}
      why={may ? undefined : "Your key may not change endpoints"}
      onPress={() => {
        setAdding(true);
      }}
    >
      Add an endpoint
    </Button>
  );
  return (
    <>
      <PageHead title="Endpoints" actions={add}>
        The URLs that hear of every outcome, signed and retried.
      </PageHead>
      <section className="card" aria-label="Endpoints">
        <List
          pages={pages}
          label="Endpoints"
          keyOf={({ id }) => id}
          hrefOf={({ id }) => hrefOf("endpoints", id)}
          empty={
            <Empty icon="endpoints" title="No endpoint yet" action={add}>
              Outcomes are kept all the same: an endpoint that comes later can be sent what it missed.
            </Empty>
          }
          columns={columnsAt(nowMs)}
        />
      </section>
      {adding ? (
        <AddEndpoint
          onClose={(made) => {
            setAdding(false);
            pages.reload();
            if (made !== null) go(hrefOf("endpoints", made));
          }}
        />
      ) : null}
    </>
  );
}

function columnsAt(nowMs: number): readonly Column<Schemas["EndpointView"]>[] {
  return [
    {
      label: "Endpoint",
      cell: ({ url, description }) => (
        <span className="endpoint-name">
          <span className="verbatim">{url}</span>
          {description === null ? null : <span className="verbatim faint small">{description}</span>}
        </span>
      ),
    },
    {
      label: "Health",
      cell: (endpoint) => {
        const { tone, label } = healthOf(endpoint, nowMs);
        return <Badge tone={tone}>{label}</Badge>;
      },
    },
    { label: "Profile", cell: ({ profile }) => profile },
    { label: "Outcomes", cell: ({ outcomes, operator }) => outcomesOf(outcomes, operator) },
    { label: "Added", end: true, cell: ({ createdAt }) => <Time at={createdAt} /> },
  ];
}

function outcomesOf(outcomes: readonly string[] | null, operator: boolean): string {
  if (operator) return "operator events";
  return outcomes === null ? "all" : `${outcomes.length} of 7`;
}
