import type { Schemas } from "@sameface/contract/client";
import { useState } from "react";
import { List } from "../app/list.tsx";
import { hrefOf } from "../app/routes.ts";
import { useMay } from "../app/session.tsx";
import { useAct } from "../app/use-act.tsx";
import { type Pages, usePages } from "../app/use-pages.tsx";
import { go } from "../app/use-place.tsx";
import { Badge } from "../kit/badge.tsx";
import { Button } from "../kit/button.tsx";
import { Card } from "../kit/card.tsx";
import { Field } from "../kit/field.tsx";
import { Select } from "../kit/select.tsx";
import { Empty } from "../kit/states.tsx";
import { Time } from "../kit/time.tsx";
import { DELIVERY_STATES } from "../kit/tones.ts";
import { DeliveryDialog } from "./delivery-dialog.tsx";

type Status = keyof typeof DELIVERY_STATES;

/** What was sent to an endpoint, or waits for it. */
export function EndpointDeliveries({
  endpointId,
  query,
}: {
  readonly endpointId: string;
  readonly query: Readonly<Record<string, string>>;
}) {
  const names = Object.keys(DELIVERY_STATES) as Status[];
  const status = names.find((name) => name === query["status"]) ?? null;
  const pages = usePages(`deliveries ${endpointId} ${status ?? ""}`, async (client, after) => {
    return await client.listDeliveries({ endpointId, ...(status === null ? {} : { status }), ...after });
  });
  const [open, setOpen] = useState<string | null>(null);
  const filter = (
    <Field label="State">
      {(parts) => (
        <Select
          {...parts}
          value={status ?? "all"}
          options={[
            { value: "all", label: "All" },
            ...names.map((name) => ({ value: name, label: DELIVERY_STATES[name].label })),
          ]}
          onChange={(next) => {
            const kept = { tab: "deliveries", status: next === "all" ? null : next };
            go(hrefOf("endpoints", endpointId, kept), { replace: true });
          }}
        />
      )}
    </Field>
  );
  return (
    <Card title="Deliveries" flush actions={<div className="filters">{filter}</div>}>
      <Rows pages={pages} filtered={status !== null} onOpen={setOpen} />
      {open === null ? null : (
        <DeliveryDialog
          id={open}
          onClose={() => {
            setOpen(null);
          }}
        />
      )}
    </Card>
  );
}

function Rows({
  pages,
  filtered,
  onOpen,
}: {
  readonly pages: Pages<Schemas["DeliveryView"]>;
  readonly filtered: boolean;
  readonly onOpen: (id: string) => void;
}) {
  return (
    <List
      pages={pages}
      label="Deliveries"
      keyOf={({ id }) => id}
      empty={
        <Empty icon="send" title={filtered ? "No delivery in this state" : "Nothing was sent yet"}>
          {filtered ? "Choose another state, or all." : "The next authentication makes a delivery for this endpoint."}
        </Empty>
      }
      columns={[
        {
          label: "State",
          cell: ({ status }) => <Badge tone={DELIVERY_STATES[status].tone}>{DELIVERY_STATES[status].label}</Badge>,
        },
        { label: "Reason", cell: ({ reason }) => <span className="verbatim">{reason ?? "–"}</span> },
        {
          label: "Event",
          cell: ({ eventId, test }) => (
            <span>
              <code className="wrap">{eventId}</code>
              {test ? " (test)" : ""}
            </span>
          ),
        },
        { label: "Attempts", end: true, cell: ({ attempts }) => attempts },
        { label: "Changed", end: true, cell: ({ updatedAt }) => <Time at={updatedAt} /> },
        {
          label: "Actions",
          end: true,
          cell: (delivery) => <Acts delivery={delivery} onOpen={onOpen} onDone={pages.reload} />,
        },
      ]}
    />
  );
}

function Acts({
  delivery: { id, status },
  onOpen,
  onDone,
}: {
  readonly delivery: Schemas["DeliveryView"];
  readonly onOpen: (id: string) => void;
  readonly onDone: () => void;
}) {
  const { act, busy } = useAct();
  const may = useMay("deliveries:write");
  const underWay = status === "pending" || status === "inFlight";
  const why = may ? (underWay ? "It is under way already" : undefined) : "Your key may not retry deliveries";
  return (
    <span className="row above" style={{ justifyContent: "end", flexWrap: "nowrap" }}>
      <Button
        small
        onPress={() => {
          onOpen(id);
        }}
      >
        Attempts
      </Button>
      <Button
        small
        icon="refresh"
        busy={busy}
        disabled={why !== undefined}
        why={why}
        onPress={() =>
          void act(async (client) => await client.retryDelivery({ id }), { done: "Due at once" }).then(onDone)
        }
      >
        Retry
      </Button>
    </span>
  );
}
