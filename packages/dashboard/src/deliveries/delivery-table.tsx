import type { Schemas } from "@sameface/contract/client";
import { hrefOf } from "../app/routes.ts";
import { Badge } from "../kit/badge.tsx";
import { Empty } from "../kit/states.tsx";
import { type Column, Table } from "../kit/table.tsx";
import { Time } from "../kit/time.tsx";
import { DELIVERY_STATES } from "../kit/tones.ts";
import { Resend } from "./resend.tsx";
import { useEndpointNames } from "./use-endpoint-names.tsx";

type Delivery = Schemas["DeliveryView"];

/** The columns of every list of deliveries. */
export function DELIVERY_COLUMNS(names: ReadonlyMap<string, string>): readonly Column<Delivery>[] {
  return [
    {
      label: "Endpoint",
      cell: (one) => <span className="verbatim">{names.get(one.endpointId) ?? one.endpointId}</span>,
    },
    {
      label: "State",
      cell: (one) => (
        <span className="row">
          <Badge tone={DELIVERY_STATES[one.status].tone}>{DELIVERY_STATES[one.status].label}</Badge>
          {one.test ? <Badge tone="info">Test</Badge> : null}
        </span>
      ),
    },
    { label: "Reason", cell: (one) => (one.reason === null ? null : <span className="note">{one.reason}</span>) },
    { label: "Attempts", end: true, cell: (one) => String(one.attempts) },
    { label: "When", end: true, cell: (one) => <Time at={one.createdAt} /> },
  ];
}

/** The deliveries of one event, each of which can be sent again. */
export function DeliveryTable({
  deliveries,
  reload,
}: {
  readonly deliveries: readonly Delivery[];
  readonly reload: () => void;
}) {
  const names = useEndpointNames();
  if (deliveries.length === 0) {
    return (
      <Empty icon="endpoints" title="No endpoint took part">
        There was none when this was decided. A replay of “missing” sends it to one that was added since.
      </Empty>
    );
  }
  const resend: Column<Delivery> = {
    label: "Send again",
    end: true,
    cell: (one) => <Resend delivery={one} onDone={reload} />,
  };
  const columns = DELIVERY_COLUMNS(names).filter((column) => column.label !== "When");
  return (
    <Table
      label="Deliveries"
      rows={deliveries}
      keyOf={(one) => one.id}
      hrefOf={(one) => hrefOf("deliveries", one.id)}
      columns={[...columns, resend]}
    />
  );
}
