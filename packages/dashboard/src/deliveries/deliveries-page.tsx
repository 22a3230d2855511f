import type { Input } from "@sameface/contract/client";
import { List } from "../app/list.tsx";
import { hrefOf, type Place } from "../app/routes.ts";
import { useLive } from "../app/use-live.tsx";
import { usePages } from "../app/use-pages.tsx";
import { go } from "../app/use-place.tsx";
import { LinkButton } from "../kit/button.tsx";
import { Field } from "../kit/field.tsx";
import { PageHead } from "../kit/page-head.tsx";
import { Empty } from "../kit/states.tsx";
import { DELIVERY_STATES } from "../kit/tones.ts";
import "./deliveries.css";
import { DeliveryDetail } from "./delivery-detail.tsx";
import { DELIVERY_COLUMNS } from "./delivery-table.tsx";
import { useEndpointNames } from "./use-endpoint-names.tsx";

type Filter = Pick<NonNullable<Input<"listDeliveries">>, "status" | "endpointId">;

/** One row for each event and endpoint. */
export function DeliveriesPage({ place }: { readonly place: Place }) {
  return place.rest === null ? <DeliveryList query={place.query} /> : <DeliveryDetail id={place.rest} />;
}

function DeliveryList({ query }: { readonly query: Place["query"] }) {
  const { status, endpointId } = query;
  const kept = Object.entries({ status, endpointId }).filter(([, value]) => value !== undefined && value !== "");
  const filter = Object.fromEntries(kept) as Filter;
  const names = useEndpointNames();
  const list = usePages(
    `deliveries ${JSON.stringify(filter)}`,
    async (client, after, signal) =>
      await client.listDeliveries({ ...filter, ...after }, signal === undefined ? {} : { signal }),
  );
  useLive(() => {
    if (window.scrollY < 200) list.reload();
  });
  return (
    <>
      <PageHead title="Deliveries">One row for each event and endpoint, newest first.</PageHead>
      <div className="stack">
        <Filters filter={filter} names={names} />
        <div className="card">
          <List
            pages={list}
            label="Deliveries"
            keyOf={(one) => one.id}
            hrefOf={(one) => hrefOf("deliveries", one.id)}
            columns={DELIVERY_COLUMNS(names)}
            empty={
              <Empty
                icon="send"
                title={kept.length > 0 ? "Nothing fits" : "Nothing was sent yet"}
                action={kept.length > 0 ? <LinkButton href={hrefOf("deliveries")}>Show all</LinkButton> : null}
              >
                {kept.length > 0
                  ? "No delivery is in this state."
                  : "Deliveries come with the first event after the first endpoint."}
              </Empty>
            }
          />
        </div>
      </div>
    </>
  );
}

function Filters({ filter, names }: { readonly filter: Filter; readonly names: ReadonlyMap<string, string> }) {
  const change = (next: Record<string, string>): void => {
    go(hrefOf("deliveries", null, { ...filter, ...next }));
  };
  return (
    <form className="filters" role="search" aria-label="Filter deliveries">
      <Field label="State">
        {(parts) => (
          <select
            {...parts}
            value={filter.status ?? ""}
            onChange={(event) => {
              change({ status: event.target.value });
            }}
          >
            <option value="">Every state</option>
            {Object.entries(DELIVERY_STATES).map(([name, { label }]) => (
              <option key={name} value={name}>
                {label}
              </option>
            ))}
          </select>
        )}
      </Field>
      <Field label="Endpoint">
        {(parts) => (
          <select
            {...parts}
            value={filter.endpointId ?? ""}
            onChange={(event) => {
              change({ endpointId: event.target.value });
            }}
          >
            <option value="">Every endpoint</option>
            {[...names].map(([id, name]) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </select>
        )}
      </Field>
    </form>
  );
}
