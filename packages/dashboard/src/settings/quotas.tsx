import type { Schemas } from "@sameface/contract/client";
import { useState } from "react";
import { useMay } from "../app/session.tsx";
import { useAct } from "../app/use-act.tsx";
import { useAnswer } from "../app/use-answer.tsx";
import { Card, Facts } from "../kit/card.tsx";
import { Dialog } from "../kit/dialog.tsx";
import { Field } from "../kit/field.tsx";
import { FormEnd } from "../kit/form-end.tsx";
import { count } from "../kit/format.ts";
import { Failed, Loading } from "../kit/states.tsx";
import { QUOTA_LABELS, QUOTA_NAMES, type QuotaDraft, quotaDraftOf, quotasOf, wrongQuotas } from "./quota-draft.ts";

type QuotasInForce = Schemas["QuotasInForce"];

/** What one's own tenant has and may have. */
export function OwnQuotas() {
  const [mayPolicy, mayAudit] = [useMay("policy:write"), useMay("audit:read")];
  return (
    <div className="wide">
      <Card title="What this tenant has, and may have">
        {mayPolicy || mayAudit ? (
          <Used />
        ) : (
          <p className="note">To see it takes a key that may read the audit or change the policy.</p>
        )}
      </Card>
    </div>
  );
}

function Used() {
  const { asked, reload } = useAnswer("quotas", async (client) => await client.readQuotas());
  if (asked.state === "loading") return <Loading lines={4} />;
  if (asked.state === "failed") return <Failed failure={asked.failure} onRetry={reload} />;
  const { body } = asked;
  return <Facts items={QUOTA_NAMES.map((name) => [QUOTA_LABELS[name], usedOf(body[name])])} />;
}

function usedOf({ used, most }: QuotasInForce["keys"]): string {
  return most === null ? `${count(used)}, no bound` : `${count(used)} of ${count(most)}`;
}

/** What another tenant has and may have, to be changed; for root alone. */
export function TenantQuotas({
  tenant: { tenantId, name },
  onClose,
}: {
  readonly tenant: Schemas["TenantView"];
  readonly onClose: () => void;
}) {
  const { asked, reload } = useAnswer(tenantId, async (client) => await client.readTenantQuotas({ tenantId }));
  return (
    <Dialog title="What a tenant may have" onClose={onClose}>
      <div className="stack">
        <p>
          <b className="verbatim">{name}</b>
        </p>
        {asked.state === "loading" ? <Loading lines={4} /> : null}
        {asked.state === "failed" ? <Failed failure={asked.failure} onRetry={reload} /> : null}
        {asked.state === "ready" ? <QuotasForm tenantId={tenantId} quotas={asked.body} onClose={onClose} /> : null}
      </div>
    </Dialog>
  );
}

function QuotasForm({
  tenantId,
  quotas,
  onClose,
}: {
  readonly tenantId: string;
  readonly quotas: QuotasInForce;
  readonly onClose: () => void;
}) {
  const [draft, setDraft] = useState<QuotaDraft>(() => quotaDraftOf(quotas));
  const { act, busy } = useAct();
  const wrong = wrongQuotas(draft);
  const save = async (): Promise<void> => {
    const body = quotasOf(draft);
    const saved = await act(async (client) => await client.writeQuotas({ tenantId, body }), {
      done: "The bounds are in force",
    });
    if (saved !== null) onClose();
  };
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      {QUOTA_NAMES.map((name) => (
        <Field
          key={name}
          label={QUOTA_LABELS[name]}
          hint={`${count(quotas[name].used)} there now`}
          wrong={wrong.includes(name) ? "A whole number, or nothing" : undefined}
        >
          {(parts) => (
            <input
              {...parts}
              inputMode="numeric"
              placeholder="no bound"
              value={draft[name]}
              onChange={(event) => {
                setDraft((last) => ({ ...last, [name]: event.target.value }));
              }}
            />
          )}
        </Field>
      ))}
      <p className="note">What is there already stays, however much.</p>
      <FormEnd busy={busy} missing={wrong.length === 0 ? null : "A bound is no whole number"} onCancel={onClose}>
        Put into force
      </FormEnd>
    </form>
  );
}
