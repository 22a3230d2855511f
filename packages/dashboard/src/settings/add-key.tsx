import { useState } from "react";
import { useSession } from "../app/session.tsx";
import { useAct } from "../app/use-act.tsx";
import { Button } from "../kit/button.tsx";
import { Check } from "../kit/check.tsx";
import { Dialog } from "../kit/dialog.tsx";
import { Field } from "../kit/field.tsx";
import { FormEnd } from "../kit/form-end.tsx";
import { SecretOnce } from "../kit/secret-once.tsx";
import { Select } from "../kit/select.tsx";
import { BUNDLES, mayGive, SCOPES, type Scope } from "./scopes.ts";

const EXPIRIES = [
  { value: "0", label: "never" },
  { value: "1", label: "in 1 day" },
  { value: "30", label: "in 30 days" },
  { value: "90", label: "in 90 days" },
  { value: "365", label: "in a year" },
] as const;
const DAY_MS = 86_400_000;

/** Makes a key, and shows it once. */
export function AddKey({ onClose }: { readonly onClose: () => void }) {
  const [key, setKey] = useState<string | null>(null);
  return (
    <Dialog title={key === null ? "Make a key" : "The new key"} wide={key === null} onClose={onClose}>
      {key === null ? (
        <KeyForm onCancel={onClose} onMade={setKey} />
      ) : (
        <SecretOnce secret={key} label="key" onDone={onClose}>
          Shown this once: only its hash is stored.
        </SecretOnce>
      )}
    </Dialog>
  );
}

function KeyForm({ onCancel, onMade }: { readonly onCancel: () => void; readonly onMade: (key: string) => void }) {
  const [name, setName] = useState("");
  const [scopes, setScopes] = useState<readonly Scope[]>([]);
  const [days, setDays] = useState<(typeof EXPIRIES)[number]["value"]>("0");
  const { act, busy } = useAct();
  const make = async (): Promise<void> => {
    const expiry = days === "0" ? {} : { expiresAt: new Date(Date.now() + Number(days) * DAY_MS).toISOString() };
    const made = await act(async (client) => await client.createKey({ body: { name, scopes, ...expiry } }));
    if (made !== null) onMade(made.key);
  };
  const missing = name.trim() === "" || scopes.length === 0 ? "A name and a scope first" : null;
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        void make();
      }}
    >
      <Field label="Name" hint="For people, for example the system that uses it.">
        {(parts) => (
          <input
            {...parts}
            value={name}
            maxLength={200}
            autoComplete="off"
            onChange={(event) => {
              setName(event.target.value);
            }}
          />
        )}
      </Field>
      <ScopeChoice scopes={scopes} onChange={setScopes} />
      <Field label="Expires">
        {(parts) => <Select {...parts} value={days} options={EXPIRIES} onChange={setDays} />}
      </Field>
      <FormEnd busy={busy} missing={missing} onCancel={onCancel}>
        Make
      </FormEnd>
    </form>
  );
}

function ScopeChoice({
  scopes,
  onChange,
}: {
  readonly scopes: readonly Scope[];
  readonly onChange: (scopes: readonly Scope[]) => void;
}) {
  const { session } = useSession();
  return (
    <fieldset className="group">
      <legend>What it may do</legend>
      <div className="row">
        {Object.entries(BUNDLES).map(([label, bundle]) => (
          <Button
            key={label}
            small
            disabled={!bundle.every((scope) => mayGive(session.scopes, scope))}
            onPress={() => {
              onChange(bundle);
            }}
          >
            {label}
          </Button>
        ))}
      </div>
      <div className="scopes">
        {(Object.keys(SCOPES) as Scope[]).map((scope) => {
          const mine = mayGive(session.scopes, scope);
          return (
            <Check
              key={scope}
              title={mine ? undefined : "Your own key does not hold it"}
              disabled={!mine}
              checked={scopes.includes(scope)}
              onChange={(given) => {
                onChange(given ? [...scopes, scope] : scopes.filter((one) => one !== scope));
              }}
            >
              <code>{scope}</code> <span className="faint small">{SCOPES[scope]}</span>
            </Check>
          );
        })}
      </div>
    </fieldset>
  );
}
