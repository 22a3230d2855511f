import type { Schemas } from "@sameface/contract/client";
import { hrefOf } from "../app/routes.ts";
import { useAnswer } from "../app/use-answer.tsx";
import { Badge } from "../kit/badge.tsx";
import { PageHead } from "../kit/page-head.tsx";
import { Failed, Loading } from "../kit/states.tsx";
import { Tabs } from "../kit/tabs.tsx";
import { useNow } from "../kit/use-now.tsx";
import { EndpointDeliveries } from "./endpoint-deliveries.tsx";
import { healthOf } from "./endpoint-health.ts";
import { EndpointReplays } from "./endpoint-replays.tsx";
import { EndpointState } from "./endpoint-state.tsx";
import { ReceiverCode } from "./receiver-code.tsx";

const BACK = { href: hrefOf("endpoints"), label: "Endpoints" };
const TABS = { state: "State", deliveries: "Deliveries", replay: "Replay", code: "Receiver code" } as const;

/** One endpoint, in parts. */
export function EndpointDetail({
  id,
  query,
}: {
  readonly id: string;
  readonly query: Readonly<Record<string, string>>;
}) {
  const { asked, reload } = useAnswer(`endpoint ${id}`, async (client) => await client.readEndpoint({ id }));
  if (asked.state === "ready") return <Parts endpoint={asked.body} query={query} onChanged={reload} />;
  return (
    <>
      <PageHead title="Endpoint" back={BACK} />
      <div className="card">
        {asked.state === "loading" ? <Loading /> : <Failed failure={asked.failure} onRetry={reload} />}
      </div>
    </>
  );
}

function Parts({
  endpoint,
  query,
  onChanged,
}: {
  readonly endpoint: Schemas["EndpointView"];
  readonly query: Readonly<Record<string, string>>;
  readonly onChanged: () => void;
}) {
  const { tone, label } = healthOf(endpoint, useNow());
  const { tab = "state" } = query;
  const { id } = endpoint;
  return (
    <>
      <PageHead title={endpoint.url} back={BACK} actions={<Badge tone={tone}>{label}</Badge>}>
        {endpoint.description === null ? undefined : <span className="verbatim">{endpoint.description}</span>}
      </PageHead>
      <Tabs
        label="Parts of the endpoint"
        now={tab}
        tabs={Object.entries(TABS).map(([name, text]) => ({
          name,
          label: text,
          href: hrefOf("endpoints", id, { tab: name === "state" ? null : name }),
        }))}
      />
      {tab === "deliveries" ? (
        <EndpointDeliveries endpointId={id} query={query} />
      ) : tab === "replay" ? (
        <EndpointReplays endpoint={endpoint} />
      ) : tab === "code" ? (
        <ReceiverCode endpoint={endpoint} />
      ) : (
        <EndpointState endpoint={endpoint} onChanged={onChanged} />
      )}
    </>
  );
}
