import type { ApiClient, Schemas } from "@sameface/contract/client";
import { type AnyAnswer, useAnswer } from "../app/use-answer.tsx";
import { Badge } from "../kit/badge.tsx";
import { Card } from "../kit/card.tsx";
import { Empty, Failed, Loading } from "../kit/states.tsx";
import { Table } from "../kit/table.tsx";
import { ClockTime, Time } from "../kit/time.tsx";
import type { Tone } from "../kit/tones.ts";

type Envelope = Schemas["OperatorEnvelope"];

const TYPES: Readonly<Record<Envelope["type"], { readonly tone: Tone; readonly label: string }>> = {
  "endpoint.disabled": { tone: "bad", label: "Endpoint disabled" },
  "endpoint.failing": { tone: "warn", label: "Endpoint failing" },
  "endpoint.recovered": { tone: "good", label: "Endpoint recovered" },
  "delivery.dead": { tone: "bad", label: "Delivery given up" },
  "replay.finished": { tone: "info", label: "Replay ended" },
  "capture.ended": { tone: "info", label: "Capture ended" },
  "store.full": { tone: "bad", label: "Disk was full" },
  gap: { tone: "warn", label: "Silence" },
};

const SHOWN = 200;
/** Pages of 500 that are read to come to the newest: the feed begins with the oldest. */
const MOST_PAGES = 20;

/** What operators were told, the newest first. */
export function Notices() {
  const { asked, reload } = useAnswer("notices", readNewest);
  return (
    <Card title="Operator events" flush>
      {asked.state === "loading" ? <Loading lines={8} /> : null}
      {asked.state === "failed" ? <Failed failure={asked.failure} onRetry={reload} /> : null}
      {asked.state === "ready" ? <Rows items={asked.body} /> : null}
    </Card>
  );
}

async function readNewest(client: ApiClient): Promise<AnyAnswer<readonly Envelope[]>> {
  const newest: Envelope[] = [];
  let after: { readonly after?: string } = {};
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const answer = await client.listOperatorEvents({ limit: "500", ...after });
    if (!answer.ok) return answer;
    const { items, next } = answer.body;
    newest.push(...items.filter((item): item is Envelope => !("erased" in item)));
    newest.splice(0, newest.length - SHOWN);
    // `next` stays a cursor for what comes later: a page that is not full is the last.
    if (next === null || items.length < 500) break;
    after = { after: next };
  }
  return { ok: true, body: newest.toReversed() };
}

function Rows({ items }: { readonly items: readonly Envelope[] }) {
  if (items.length === 0) {
    return (
      <Empty icon="info" title="Nothing to tell">
        Endpoints that fail or recover, deliveries that are given up, replays and silences stand here.
      </Empty>
    );
  }
  return (
    <>
      <Table
        label="Operator events"
        rows={items}
        keyOf={({ id }) => id}
        columns={[
          { label: "What", cell: ({ type }) => <Badge tone={TYPES[type].tone}>{TYPES[type].label}</Badge> },
          { label: "When", cell: ({ at }) => <ClockTime at={at} /> },
          { label: "Details", cell: ({ data }) => <span className="verbatim small mono">{detailsOf(data)}</span> },
          { label: "Ago", end: true, cell: ({ at }) => <Time at={at} /> },
        ]}
      />
      {items.length < SHOWN ? null : (
        <div className="more">
          <span className="faint small">The newest {SHOWN}; all of them are in GET /v1/operator-events</span>
        </div>
      )}
    </>
  );
}

function detailsOf(data: Envelope["data"]): string {
  return Object.entries(data)
    .map(([name, value]) => `${name}: ${typeof value === "string" ? value : JSON.stringify(value)}`)
    .join(", ");
}
