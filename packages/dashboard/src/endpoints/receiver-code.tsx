import type { Schemas } from "@sameface/contract/client";
import { useState } from "react";
import { Card } from "../kit/card.tsx";
import { Code } from "../kit/code.tsx";
import { Field } from "../kit/field.tsx";
import { Select } from "../kit/select.tsx";
import { snippetsOf } from "./snippets.ts";

/** A receiver that works as it is, for the framework at hand. */
export function ReceiverCode({ endpoint }: { readonly endpoint: Schemas["EndpointView"] }) {
  const snippets = snippetsOf(endpoint);
  const [name, setName] = useState(snippets[0]?.name ?? "");
  const chosen = snippets.find((snippet) => snippet.name === name);
  if (chosen === undefined) return null;
  return (
    <Card title="A receiver for this endpoint">
      <div className="stack">
        <p className="note">
          It checks the signature with this endpoint's public key, refuses what is stale or forged, and handles each
          event once. After a rotation the new public key belongs in it.
        </p>
        <Field label="Framework">
          {(parts) => (
            <Select
              {...parts}
              value={name}
              options={snippets.map((snippet) => ({ value: snippet.name, label: snippet.name }))}
              onChange={setName}
            />
          )}
        </Field>
        <Code text={chosen.install} label="command" />
        <Code text={chosen.text} label="code" />
      </div>
    </Card>
  );
}
