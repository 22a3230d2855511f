import type { Schemas } from "@sameface/contract/client";
import { useState } from "react";
import { List } from "../app/list.tsx";
import { useMay } from "../app/session.tsx";
import { useAct } from "../app/use-act.tsx";
import { usePages } from "../app/use-pages.tsx";
import { Button } from "../kit/button.tsx";
import { Card } from "../kit/card.tsx";
import { Dialog } from "../kit/dialog.tsx";
import { Field } from "../kit/field.tsx";
import { SecretOnce } from "../kit/secret-once.tsx";
import { Empty } from "../kit/states.tsx";
import type { Column } from "../kit/table.tsx";
import { Time } from "../kit/time.tsx";
import { TenantQuotas } from "./quotas.tsx";

type TenantView = Schemas["TenantView"];

/** Owners of customers, endpoints and keys; for root alone. */
export function Tenants() {
  return useMay("root") ? (
    <All />
  ) : (
    <Card title="Tenants" flush>
      <Empty icon="lock" title="For root alone">
        Sign in with the key of SAMEFACE_ADMIN_KEY to see and make tenants.
      </Empty>
    </Card>
  );
}

function All() {
  const pages = usePages("tenants", async (client, after) => await client.listTenants(after));
  const [adding, setAdding] = useState(false);
  const [bounded, setBounded] = useState<TenantView | null>(null);
  return (
    <Card
      title="Tenants"
      flush
      actions={
        <Button
          small
          kind="primary"
          icon="plus"
          onPress={() => {
            setAdding(true);
          }}
        >
          Make a tenant
        </Button>
      }
    >
      <List
        pages={pages}
        label="Tenants"
        keyOf={({ tenantId }) => tenantId}
        empty={
          <Empty icon="customers" title="No tenant">
            There is always the tenant default.
          </Empty>
        }
        columns={columnsOf(setBounded)}
      />
      {bounded === null ? null : (
        <TenantQuotas
          tenant={bounded}
          onClose={() => {
            setBounded(null);
          }}
        />
      )}
      {adding ? (
        <AddTenant
          onClose={() => {
            setAdding(false);
            pages.reload();
          }}
        />
      ) : null}
    </Card>
  );
}

function columnsOf(onBound: (tenant: TenantView) => void): readonly Column<TenantView>[] {
  return [
    { label: "Name", cell: ({ name }) => <span className="verbatim">{name}</span> },
    { label: "Id", cell: ({ tenantId }) => <code className="wrap">{tenantId}</code> },
    { label: "Made", end: true, cell: ({ createdAt }) => <Time at={createdAt} /> },
    {
      label: "Bounds",
      end: true,
      cell: (tenant) => (
        <Button
          small
          onPress={() => {
            onBound(tenant);
          }}
        >
          Bounds
        </Button>
      ),
    },
  ];
}

function AddTenant({ onClose }: { readonly onClose: () => void }) {
  const [name, setName] = useState("");
  const [key, setKey] = useState<string | null>(null);
  const { act, busy } = useAct();
  const make = async (): Promise<void> => {
    const made = await act(async (client) => await client.createTenant({ body: { name } }));
    if (made !== null) setKey(made.key);
  };
  return (
    <Dialog title={key === null ? "Make a tenant" : "Its first key"} onClose={onClose}>
      {key === null ? (
        <form
          className="stack"
          onSubmit={(event) => {
            event.preventDefault();
            void make();
          }}
        >
          <Field label="Name">
            {(parts) => (
              <input
                {...parts}
                value={name}
                maxLength={200}
                onChange={(event) => {
                  setName(event.target.value);
                }}
              />
            )}
          </Field>
          <div className="actions">
            <Button onPress={onClose}>Cancel</Button>
            <Button submit kind="primary" busy={busy} disabled={name.trim() === ""}>
              Make
            </Button>
          </div>
        </form>
      ) : (
        <SecretOnce secret={key} label="key" onDone={onClose}>
          Shown this once. It is the administrator of the new tenant.
        </SecretOnce>
      )}
    </Dialog>
  );
}
