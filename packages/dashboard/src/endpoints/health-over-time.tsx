import { hrefOf } from "../app/routes.ts";
import { useAnswer } from "../app/use-answer.tsx";
import { Badge } from "../kit/badge.tsx";
import { Card } from "../kit/card.tsx";
import { share } from "../kit/format.ts";
import { Failed, Loading } from "../kit/states.tsx";
import { Time } from "../kit/time.tsx";
import { DELIVERY_STATES } from "../kit/tones.ts";
import { changesOf, sharesOf } from "./health-history.ts";

const SHOWN = 60;

/** The last deliveries as one strip, the oldest first, and when the endpoint failed and recovered. */
export function HealthOverTime({ endpointId }: { readonly endpointId: string }) {
  const { asked, reload } = useAnswer(`strip ${endpointId}`, async (client) => {
    return await client.listDeliveries({ endpointId, limit: String(SHOWN) });
  });
  if (asked.state === "loading")
    return (
      <Card title="Health">
        <Loading lines={3} />
      </Card>
    );
  if (asked.state === "failed")
    return (
      <Card title="Health">
        <Failed failure={asked.failure} onRetry={reload} />
      </Card>
    );
  const { items } = asked.body;
  const { delivered, ended } = sharesOf(items);
  return (
    <Card title="Health">
      {items.length === 0 ? (
        <p className="note">Nothing was sent yet.</p>
      ) : (
        <div className="stack">
          <div className="row">
            <span className="number">{share(delivered, ended)}</span>
            <span className="note">
              of the last <a href={hrefOf("endpoints", endpointId, { tab: "deliveries" })}>{ended} that ended</a>{" "}
              {ended === 1 ? "was" : "were"} delivered
            </span>
          </div>
          <div className="strip" role="img" aria-label={`The last ${items.length} deliveries, the oldest first`}>
            {items.toReversed().map(({ id, status, createdAt }) => (
              <span
                key={id}
                className={DELIVERY_STATES[status].tone}
                title={`${DELIVERY_STATES[status].label}, ${createdAt}`}
              />
            ))}
          </div>
        </div>
      )}
      <Changes endpointId={endpointId} />
    </Card>
  );
}

function Changes({ endpointId }: { readonly endpointId: string }) {
  const { asked } = useAnswer(
    `told of ${endpointId}`,
    async (client) => await client.listOperatorEvents({ limit: "500" }),
  );
  if (asked.state !== "ready") return null;
  const changes = changesOf(asked.body.items, endpointId).slice(0, 8);
  if (changes.length === 0) return null;
  return (
    <ul className="stack tight" aria-label="What operators were told of it" style={{ marginTop: "var(--s4)" }}>
      {changes.map(({ id, tone, label, at, times }) => (
        <li key={id} className="row">
          <Badge tone={tone}>{times === 1 ? label : `${label} × ${times}`}</Badge>
          <span className="faint small">
            <Time at={at} />
          </span>
        </li>
      ))}
    </ul>
  );
}
