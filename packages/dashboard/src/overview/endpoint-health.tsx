import type { Schemas } from "@sameface/contract/client";
import { hrefOf } from "../app/routes.ts";
import type { Asked } from "../app/use-answer.tsx";
import { Badge } from "../kit/badge.tsx";
import { count, share } from "../kit/format.ts";
import { Empty, Failed, Loading } from "../kit/states.tsx";
import { Table } from "../kit/table.tsx";
import { healthOf } from "./health.ts";

/** Endpoints, and how many of their attempts went well in the span. */
export function EndpointHealth({
  overview,
  endpoints,
}: {
  readonly overview: Schemas["Overview"];
  readonly endpoints: Asked<Schemas["EndpointsPage"]>;
}) {
  if (endpoints.state === "loading") return <Loading lines={3} />;
  if (endpoints.state === "failed") return <Failed failure={endpoints.failure} />;
  const { items } = endpoints.body;
  if (items.length === 0) {
    return (
      <Empty icon="endpoints" title="No endpoint yet" action={<a href={hrefOf("endpoints")}>Add one</a>}>
        Events are kept; once there is an endpoint, a replay sends it what it missed.
      </Empty>
    );
  }
  const attemptsOf = (id: string) =>
    overview.endpoints.find((one) => one.id === id)?.attempts ?? { delivered: 0, failed: 0 };
  return (
    <Table
      label="Endpoints"
      rows={items}
      keyOf={(one) => one.id}
      hrefOf={(one) => hrefOf("endpoints", one.id)}
      columns={[
        { label: "Endpoint", cell: (one) => <span className="verbatim">{one.description ?? one.url}</span> },
        { label: "State", cell: (one) => <Badge tone={healthOf(one).tone}>{healthOf(one).label}</Badge> },
        {
          label: "Attempts",
          end: true,
          cell: (one) => count(attemptsOf(one.id).delivered + attemptsOf(one.id).failed),
        },
        {
          label: "Taken",
          end: true,
          cell: (one) => share(attemptsOf(one.id).delivered, attemptsOf(one.id).delivered + attemptsOf(one.id).failed),
        },
      ]}
    />
  );
}
