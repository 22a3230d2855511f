import type { Schemas } from "@sameface/contract/client";
import { useAnswer } from "../app/use-answer.tsx";
import { Badge } from "../kit/badge.tsx";
import { count, share } from "../kit/format.ts";
import { Failed, Loading } from "../kit/states.tsx";
import { Time } from "../kit/time.tsx";
import { OUTCOMES } from "../kit/tones.ts";

/** How the last decisions would have come out. `change` `null`: nothing is changed. */
export function PolicyPreview({ change }: { readonly change: Schemas["PolicyBody"] | null }) {
  if (change === null) {
    return <p className="note">Change something above: the last 1,000 decisions are then looked at again.</p>;
  }
  return <Preview change={change} />;
}

function Preview({ change }: { readonly change: Schemas["PolicyBody"] }) {
  const { asked, reload } = useAnswer(JSON.stringify(change), async (client) => {
    return await client.previewPolicy({ body: change });
  });
  if (asked.state === "loading") return <Loading lines={3} />;
  if (asked.state === "failed") return <Failed failure={asked.failure} onRetry={reload} />;
  const { looked, since, unchanged, changes } = asked.body;
  if (looked === 0 || since === null) return <p className="note">There is no decision yet that could have changed.</p>;
  return (
    <div className="stack" role="status">
      <p>
        <b className="number">{count(looked - unchanged)}</b> of the last {count(looked)} decisions (
        {share(looked - unchanged, looked)}), since <Time at={since} />.
      </p>
      <ul className="stack tight" aria-label="Changes">
        {changes.map(({ from, to, count: times }) => (
          <li key={`${from} ${to}`} className="row">
            <b>{count(times)}</b>
            <Badge tone={OUTCOMES[from].tone}>{OUTCOMES[from].label}</Badge>
            <span>to</span>
            {to === "undetermined" ? (
              <Badge tone="mute">Cannot be told</Badge>
            ) : (
              <Badge tone={OUTCOMES[to].tone}>{OUTCOMES[to].label}</Badge>
            )}
          </li>
        ))}
      </ul>
      <p className="faint small">
        No score of a face that was not recognized is kept: whether a laxer threshold had let it pass cannot be told.
      </p>
    </div>
  );
}
