import type { Schemas } from "@sameface/contract/client";
import { useState } from "react";
import { useMay } from "../app/session.tsx";
import { useAct } from "../app/use-act.tsx";
import { useAnswer } from "../app/use-answer.tsx";
import { Button } from "../kit/button.tsx";
import { Card } from "../kit/card.tsx";
import { Banner, Failed, Loading } from "../kit/states.tsx";
import { CaptureFields } from "./capture-fields.tsx";
import { isChanged, type PolicyDraft, policyDraftOf, policyOf, wrongOf } from "./policy-draft.ts";
import { CheckFields, KeptFields, LockoutFields, MatchFields } from "./policy-fields.tsx";
import { PolicyPreview } from "./policy-preview.tsx";

/** What the tenant decided, and what another decision would have changed. */
export function PolicyPart() {
  const { asked, reload } = useAnswer("policy", async (client) => await client.readPolicy());
  if (asked.state === "loading") {
    return (
      <div className="card">
        <Loading lines={10} />
      </div>
    );
  }
  if (asked.state === "failed") {
    return (
      <div className="card">
        <Failed failure={asked.failure} onRetry={reload} />
      </div>
    );
  }
  return <PolicyForm key={JSON.stringify(asked.body)} policy={asked.body} onSaved={reload} />;
}

function PolicyForm({ policy, onSaved }: { readonly policy: Schemas["Policy"]; readonly onSaved: () => void }) {
  const [draft, setDraft] = useState(() => policyDraftOf(policy));
  const { act, busy } = useAct();
  const may = useMay("policy:write");
  const wrong = wrongOf(draft);
  const change = (more: Partial<PolicyDraft>): void => {
    setDraft((last) => ({ ...last, ...more }));
  };
  const valid = Object.keys(wrong).length === 0;
  const changed = valid && isChanged(draft, policy);
  const save = async (): Promise<void> => {
    const body = policyOf(draft);
    const saved = await act(async (client) => await client.writePolicy({ body }), { done: "The policy is in force" });
    if (saved !== null) onSaved();
  };
  const shared = { draft, wrong, onChange: change };
  const why = may ? (changed ? undefined : "Nothing is changed yet") : "Your key may not change the policy";
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      {/* A fieldset disables all that is in it: who only reads sees the values all the same. */}
      <fieldset disabled={!may} title={may ? undefined : "Your key may not change the policy"} className="stack">
        <NeverAlone />
        <div className="two">
          <MatchFields {...shared} />
          <CheckFields {...shared} />
          <div className="stack">
            <LockoutFields {...shared} />
            <KeptFields {...shared} />
          </div>
          <CaptureFields {...shared} />
          <div className="wide">
            <Card title="What it would have changed">
              {may ? <PolicyPreview change={changed ? policyOf(draft) : null} /> : <NoPreview />}
            </Card>
          </div>
        </div>
      </fieldset>
      <div className="actions save">
        <Button
          disabled={!may || (valid && !changed)}
          onPress={() => {
            setDraft(policyDraftOf(policy));
          }}
        >
          Undo
        </Button>
        <Button submit kind="primary" busy={busy} disabled={why !== undefined} why={why}>
          Put into force
        </Button>
      </div>
    </form>
  );
}

function NoPreview() {
  return <p className="note">A preview needs a key that may change the policy.</p>;
}

/** What holds whatever the policy says (S4). */
function NeverAlone() {
  return (
    <Banner>
      <b>A face is never the only factor.</b> Ask for a second one, such as a password, a device or a code, wherever a
      pass opens something of value, and keep a way without biometrics for those who cannot or will not show a face.
    </Banner>
  );
}
