import type { Schemas } from "@sameface/contract/client";
import { useEffect, useState } from "react";
import { List } from "../app/list.tsx";
import { useMay } from "../app/session.tsx";
import { useAct } from "../app/use-act.tsx";
import { useAnswer } from "../app/use-answer.tsx";
import { type Pages, usePages } from "../app/use-pages.tsx";
import { Badge } from "../kit/badge.tsx";
import { Button } from "../kit/button.tsx";
import { Card } from "../kit/card.tsx";
import { Field } from "../kit/field.tsx";
import { count } from "../kit/format.ts";
import { Select } from "../kit/select.tsx";
import { Empty } from "../kit/states.tsx";
import { Time } from "../kit/time.tsx";
import type { Tone } from "../kit/tones.ts";

type Replay = Schemas["ReplayView"];

const WHICH = [
  { value: "missing", label: "missing: it never got them" },
  { value: "dead", label: "dead: given up" },
  { value: "all", label: "all that is not under way" },
] as const;

const SINCE = [
  { value: "1", label: "the last hour" },
  { value: "24", label: "the last 24 hours" },
  { value: "168", label: "the last 7 days" },
  { value: "720", label: "the last 30 days" },
] as const;

const HOUR_MS = 3_600_000;
const ASKED_EVERY_MS = 1_000;

/** Makes deliveries again: how many it would be, how far it is, and a way to stop it. */
export function EndpointReplays({ endpoint }: { readonly endpoint: Schemas["EndpointView"] }) {
  const endpointId = endpoint.id;
  const pages = usePages(`replays ${endpointId}`, async (client, after) => {
    return await client.listReplays({ endpointId, ...after });
  });
  useWatch(pages);
  const unavailable = !endpoint.enabled && endpoint.disabledReason !== "listener";
  return (
    <div className="stack">
      <NewReplay endpointId={endpointId} unavailable={unavailable} onMade={pages.reload} />
      <Card title="Replays" flush>
        <Replays pages={pages} />
      </Card>
    </div>
  );
}

/** Asks again while one of them runs. */
function useWatch({ asked, reload }: Pages<Replay>): void {
  const items = asked.state === "ready" ? asked.body : null;
  const runs = items?.some(({ status }) => status === "running") === true;
  useEffect(() => {
    if (!runs) return undefined;
    const timer = setTimeout(reload, ASKED_EVERY_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [runs, items, reload]);
}

function NewReplay({
  endpointId,
  unavailable,
  onMade,
}: {
  readonly endpointId: string;
  readonly unavailable: boolean;
  readonly onMade: () => void;
}) {
  const [which, setWhich] = useState<(typeof WHICH)[number]["value"]>("missing");
  const [hours, setHours] = useState<(typeof SINCE)[number]["value"]>("24");
  const [openedMs] = useState(() => Date.now());
  const { act, busy } = useAct();
  const may = useMay("deliveries:write");
  const since = new Date(openedMs - Number(hours) * HOUR_MS).toISOString();
  const start = async (): Promise<void> => {
    const body = { endpointId, since, which };
    const made = await act(async (client) => await client.createReplay({ body }), { done: "The replay runs" });
    if (made !== null) onMade();
  };
  const why = may ? (unavailable ? "Enable the endpoint first" : undefined) : "Your key may not replay deliveries";
  return (
    <Card title="Send again">
      <div className="stack">
        <p className="note">Same ids, same bytes: a receiver that remembers ids handles each event once.</p>
        <div className="filters">
          <Field label="Which">
            {(parts) => <Select {...parts} value={which} options={WHICH} onChange={setWhich} />}
          </Field>
          <Field label="From">
            {(parts) => <Select {...parts} value={hours} options={SINCE} onChange={setHours} />}
          </Field>
          <Button
            kind="primary"
            icon="play"
            busy={busy}
            disabled={why !== undefined}
            why={why}
            onPress={() => void start()}
          >
            Start
          </Button>
        </div>
        {may ? <Preview endpointId={endpointId} since={since} which={which} /> : null}
      </div>
    </Card>
  );
}

function Preview(range: { readonly endpointId: string; readonly since: string; readonly which: Replay["which"] }) {
  const { asked } = useAnswer(JSON.stringify(range), async (client) => await client.previewReplay({ body: range }));
  if (asked.state === "loading")
    return (
      <p className="note" role="status">
        Counting…
      </p>
    );
  if (asked.state === "failed")
    return (
      <p className="note" role="status">
        {asked.failure?.detail ?? "It can't be counted now."}
      </p>
    );
  const { deliveries, events, whole } = asked.body;
  return (
    <p role="status">
      <b className="number">
        {whole ? "" : "at least "}
        {count(deliveries)}
      </b>{" "}
      {deliveries === 1 ? "delivery" : "deliveries"} of {count(events)} {events === 1 ? "event" : "events"} would be
      made due.
    </p>
  );
}

const STATES: Readonly<Record<Replay["status"], { readonly tone: Tone; readonly label: string }>> = {
  running: { tone: "info", label: "Running" },
  finished: { tone: "good", label: "Finished" },
  cancelled: { tone: "mute", label: "Cancelled" },
};

function Replays({ pages }: { readonly pages: Pages<Replay> }) {
  return (
    <List
      pages={pages}
      label="Replays"
      keyOf={({ id }) => id}
      empty={
        <Empty icon="refresh" title="No replay yet">
          What an endpoint missed can be sent at any time while it is kept.
        </Empty>
      }
      columns={[
        { label: "State", cell: ({ status }) => <Badge tone={STATES[status].tone}>{STATES[status].label}</Badge> },
        { label: "Which", cell: ({ which }) => which },
        { label: "Progress", cell: (replay) => <Progress replay={replay} /> },
        { label: "Made due", end: true, cell: ({ progress }) => count(progress.queued) },
        { label: "Started", end: true, cell: ({ createdAt }) => <Time at={createdAt} /> },
        { label: "Actions", end: true, cell: (replay) => <Cancel replay={replay} onDone={pages.reload} /> },
      ]}
    />
  );
}

function Progress({ replay: { progress, reason } }: { readonly replay: Replay }) {
  const { done, total } = progress;
  return (
    <span className="stack tight" style={{ minWidth: "9rem" }}>
      <progress
        className="progress"
        aria-label="Events looked at"
        max={Math.max(1, total)}
        value={total === 0 ? 1 : done}
      />
      <span className="small faint">
        {count(done)} of {count(total)}
        {reason === null ? "" : `, ${reason}`}
      </span>
    </span>
  );
}

function Cancel({ replay: { id, status }, onDone }: { readonly replay: Replay; readonly onDone: () => void }) {
  const { act, busy } = useAct();
  const may = useMay("deliveries:write");
  if (status !== "running") return null;
  return (
    <Button
      small
      busy={busy}
      disabled={!may}
      why={may ? undefined : "Your key may not replay deliveries"}
      onPress={() => void act(async (client) => await client.cancelReplay({ id }), { done: "Cancelled" }).then(onDone)}
    >
      Cancel
    </Button>
  );
}
