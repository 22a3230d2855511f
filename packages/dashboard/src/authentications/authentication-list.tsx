import type { Input, Schemas } from "@sameface/contract/client";
import { useState } from "react";
import { List } from "../app/list.tsx";
import { hrefOf, type Place } from "../app/routes.ts";
import { useLive } from "../app/use-live.tsx";
import { usePages } from "../app/use-pages.tsx";
import { go } from "../app/use-place.tsx";
import { Badge } from "../kit/badge.tsx";
import { Button, LinkButton } from "../kit/button.tsx";
import { Field } from "../kit/field.tsx";
import { clockTime } from "../kit/format.ts";
import { PageHead } from "../kit/page-head.tsx";
import { Empty } from "../kit/states.tsx";
import { Time } from "../kit/time.tsx";
import { OUTCOMES } from "../kit/tones.ts";
import { whyOf } from "./why.ts";

type Filter = Pick<NonNullable<Input<"listAuthentications">>, "customerId" | "outcome" | "from" | "to">;

/** The list, newest first, with its filters in the address. */
export function AuthenticationList({ query }: { readonly query: Place["query"] }) {
  const filter = filterOf(query);
  const list = usePages(
    `authentications ${JSON.stringify(filter)}`,
    async (client, after, signal) =>
      await client.listAuthentications({ ...filter, ...after }, signal === undefined ? {} : { signal }),
  );
  useLive(() => {
    // Not while somebody reads further down: what they see would move away.
    if (window.scrollY < 200) list.reload();
  });
  const filtered = Object.keys(filter).length > 0;
  return (
    <>
      <PageHead title="Authentications">One row for each decided attempt, newest first.</PageHead>
      <div className="stack">
        <Filters key={JSON.stringify(filter)} filter={filter} />
        <div className="card">
          <List
            pages={list}
            label="Authentications"
            keyOf={(one) => one.id}
            hrefOf={(one) => hrefOf("authentications", one.id)}
            columns={COLUMNS}
            empty={
              filtered ? (
                <Empty
                  icon="search"
                  title="Nothing fits"
                  action={<LinkButton href={hrefOf("authentications")}>Show all</LinkButton>}
                >
                  No attempt has all that you asked for. A customer's id must be whole.
                </Empty>
              ) : (
                <Empty icon="authentications" title="Nobody has tried yet">
                  Enrol a customer, then send a picture: <code>POST /v1/authentications</code>.
                </Empty>
              )
            }
          />
        </div>
      </div>
    </>
  );
}

const COLUMNS = [
  { label: "Customer", cell: (one: Schemas["AuthenticationView"]) => <span className="mono">{one.customerId}</span> },
  {
    label: "Outcome",
    cell: (one: Schemas["AuthenticationView"]) => (
      <Badge tone={OUTCOMES[one.outcome].tone}>{OUTCOMES[one.outcome].label}</Badge>
    ),
  },
  {
    label: "Reason",
    cell: (one: Schemas["AuthenticationView"]) =>
      whyOf(one) === "" ? null : <span className="note">{whyOf(one)}</span>,
  },
  { label: "When", end: true, cell: (one: Schemas["AuthenticationView"]) => <Time at={one.createdAt} /> },
];

function Filters({ filter }: { readonly filter: Filter }) {
  const [customerId, setCustomerId] = useState(filter.customerId ?? "");
  const change = (next: Filter): void => {
    go(hrefOf("authentications", null, { ...filter, ...next }));
  };
  const search = (): void => {
    change({ customerId: customerId.trim() });
  };
  return (
    <form
      className="filters"
      role="search"
      aria-label="Filter authentications"
      onSubmit={(event) => {
        event.preventDefault();
        search();
      }}
    >
      <Field label="Customer">
        {(parts) => (
          <input
            {...parts}
            type="search"
            placeholder="Whole id"
            spellCheck={false}
            value={customerId}
            onChange={(event) => {
              setCustomerId(event.target.value);
            }}
          />
        )}
      </Field>
      <OutcomeField
        chosen={filter.outcome}
        onChoose={(outcome) => {
          change({ outcome });
        }}
      />
      <Button submit icon="search">
        Search
      </Button>
      {filter.from === undefined && filter.to === undefined ? null : (
        <LinkButton
          kind="quiet"
          icon="close"
          href={hrefOf("authentications", null, { ...filter, from: null, to: null })}
        >
          {`${spanText(filter.from)} – ${spanText(filter.to)}`}
        </LinkButton>
      )}
    </form>
  );
}

type OutcomeName = NonNullable<Filter["outcome"]>;

function OutcomeField({
  chosen,
  onChoose,
}: {
  readonly chosen: OutcomeName | undefined;
  readonly onChoose: (outcome: OutcomeName) => void;
}) {
  return (
    <Field label="Outcome">
      {(parts) => (
        <select
          {...parts}
          value={chosen ?? ""}
          onChange={(event) => {
            // The options are these names and the empty one.
            onChoose(event.target.value as NonNullable<Filter["outcome"]>);
          }}
        >
          <option value="">Every outcome</option>
          {Object.entries(OUTCOMES).map(([name, { label }]) => (
            <option key={name} value={name}>
              {label}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

function spanText(at: string | undefined): string {
  return at === undefined ? "now" : clockTime(Date.parse(at)).slice(0, 16);
}

/** What of an address is a filter; what the server would refuse is still asked, so that it says why. */
function filterOf({ customerId, outcome, from, to }: Place["query"]): Filter {
  const filter = { customerId, outcome, from, to };
  const kept = Object.entries(filter).filter(([, value]) => value !== undefined && value !== "");
  return Object.fromEntries(kept);
}
