import type { Schemas } from "@sameface/contract/client";
import { useState } from "react";
import { List } from "../app/list.tsx";
import { hrefOf, type Place } from "../app/routes.ts";
import { useMay } from "../app/session.tsx";
import { usePages } from "../app/use-pages.tsx";
import { go } from "../app/use-place.tsx";
import { Button } from "../kit/button.tsx";
import { Field } from "../kit/field.tsx";
import { PageHead } from "../kit/page-head.tsx";
import { Empty } from "../kit/states.tsx";
import type { Column } from "../kit/table.tsx";
import { Time } from "../kit/time.tsx";
import { isCustomerId } from "./batch.ts";
import { BatchEnrol } from "./batch-enrol.tsx";
import { CustomerBadges } from "./customer-badges.tsx";
import { CustomerDetail } from "./customer-detail.tsx";
import { EnrolCustomer } from "./enrol-customer.tsx";
import "./customers.css";

/** The page of customers: all of them, or one. */
export function CustomersPage({ place }: { readonly place: Place }) {
  return place.rest === null ? (
    <CustomerList needsOnly={place.query["needs"] === "true"} />
  ) : (
    <CustomerDetail customerId={place.rest} />
  );
}

const COLUMNS: readonly Column<Schemas["CustomerView"]>[] = [
  { label: "Customer", cell: ({ customerId }) => <span className="verbatim mono">{customerId}</span> },
  { label: "State", cell: (customer) => <CustomerBadges customer={customer} /> },
  { label: "Pictures", end: true, cell: ({ templates }) => templates.length },
  { label: "Consent", cell: ({ consent }) => <span className="verbatim">{consent.reference}</span> },
  { label: "Enrolled", end: true, cell: ({ enrolledAt }) => <Time at={enrolledAt} /> },
];

function CustomerList({ needsOnly }: { readonly needsOnly: boolean }) {
  const pages = usePages(`customers ${String(needsOnly)}`, async (client, after) => {
    return await client.listCustomers({ ...after, ...(needsOnly ? { needsEnrolment: "true" } : {}) });
  });
  return (
    <>
      <PageHead title="Customers" actions={<Actions onDone={pages.reload} />}>
        Everyone with a face on record. Pictures are not kept, and templates are never shown.
      </PageHead>
      <div className="stack">
        <Filters needsOnly={needsOnly} />
        <section className="card" aria-label="Customers">
          <List
            pages={pages}
            label="Customers"
            columns={COLUMNS}
            keyOf={({ customerId }) => customerId}
            hrefOf={({ customerId }) => hrefOf("customers", customerId)}
            empty={
              <Empty icon="customers" title={needsOnly ? "Nobody needs to be enrolled again" : "No customer yet"}>
                {needsOnly
                  ? "Every customer has a template of the present model."
                  : "Enrol the first one with a picture or the camera."}
              </Empty>
            }
          />
        </section>
      </div>
    </>
  );
}

function Actions({ onDone }: { readonly onDone: () => void }) {
  const [open, setOpen] = useState<"one" | "many" | null>(null);
  const may = useMay("customers:write");
  const shared = { disabled: !may, why: may ? undefined : "Your key may not enrol customers" };
  const close = (): void => {
    setOpen(null);
    onDone();
  };
  return (
    <>
      <Button
        {...shared}
        icon="upload"
        onPress={() => {
          setOpen("many");
        }}
      >
        Enrol many
      </Button>
      <Button
        {...shared}
        kind="primary"
        icon="plus"
        onPress={() => {
          setOpen("one");
        }}
      >
        Enrol
      </Button>
      {open === "one" ? <EnrolCustomer customerId={null} onClose={close} /> : null}
      {open === "many" ? <BatchEnrol onClose={close} /> : null}
    </>
  );
}

function Filters({ needsOnly }: { readonly needsOnly: boolean }) {
  const [text, setText] = useState("");
  const [wrong, setWrong] = useState<string | undefined>(undefined);
  const search = (): void => {
    const id = text.trim();
    if (isCustomerId(id)) go(hrefOf("customers", id));
    else setWrong("Letters, digits, - and _, at most 64.");
  };
  return (
    <form
      className="filters"
      role="search"
      onSubmit={(event) => {
        event.preventDefault();
        search();
      }}
    >
      <Field label="Find by id" wrong={wrong}>
        {(parts) => (
          <input
            {...parts}
            type="search"
            value={text}
            autoComplete="off"
            spellCheck={false}
            onChange={(event) => {
              setWrong(undefined);
              setText(event.target.value);
            }}
          />
        )}
      </Field>
      <Button submit icon="search">
        Find
      </Button>
      <label className="check needs">
        <input
          type="checkbox"
          checked={needsOnly}
          onChange={(event) => {
            go(hrefOf("customers", null, { needs: event.target.checked ? "true" : null }), { replace: true });
          }}
        />
        Only those who must be enrolled again
      </label>
    </form>
  );
}
