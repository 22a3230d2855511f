import type { Schemas } from "@sameface/contract/client";
import { useState } from "react";
import { useAct } from "../app/use-act.tsx";
import { useAnswer } from "../app/use-answer.tsx";
import { Dialog } from "../kit/dialog.tsx";
import { FormEnd } from "../kit/form-end.tsx";
import { SecretOnce } from "../kit/secret-once.tsx";
import { type Failure, Loading } from "../kit/states.tsx";
import { type AuthForm, readAuthForms } from "./auth-schema.ts";
import { bodyOf, draftOf } from "./endpoint-draft.ts";
import { AuthFields, EndpointFields } from "./endpoint-fields.tsx";
import { judgeUrl } from "./judge-url.ts";

/** Makes an endpoint, or changes one: the form, and for a new one its secret. */
export function AddEndpoint({ onClose }: { readonly onClose: (made: string | null) => void }) {
  const [made, setMade] = useState<Schemas["EndpointCreated"] | null>(null);
  const close = (): void => {
    onClose(made?.id ?? null);
  };
  return (
    <Dialog title={made === null ? "Add an endpoint" : "The secret of this endpoint"} onClose={close}>
      {made === null ? (
        <EndpointForm endpoint={null} action="Add" onCancel={close} onMade={setMade} />
      ) : (
        <SecretOnce secret={made.secret} label="secret" onDone={close}>
          Shown this once. It verifies the v1 signatures; the public key, which is shown at any time, verifies the v1a
          signatures.
        </SecretOnce>
      )}
    </Dialog>
  );
}

/** Changes an endpoint. */
export function EditEndpoint({
  endpoint,
  onClose,
}: {
  readonly endpoint: Schemas["EndpointView"];
  readonly onClose: () => void;
}) {
  return (
    <Dialog title="Change the endpoint" onClose={onClose}>
      <EndpointForm endpoint={endpoint} action="Save" onCancel={onClose} onMade={onClose} />
    </Dialog>
  );
}

interface FormParts {
  readonly endpoint: Schemas["EndpointView"] | null;
  readonly action: string;
  readonly onCancel: () => void;
  readonly onMade: (made: Schemas["EndpointCreated"]) => void;
}

function EndpointForm(parts: FormParts) {
  const { asked } = useAnswer("openapi", async (client) => await client.readOpenApi());
  if (asked.state === "loading") return <Loading />;
  // Without the document an endpoint can still be made: only its way of signing in can't be chosen.
  const forms = asked.state === "ready" ? readAuthForms(asked.body) : [];
  return <Form {...parts} forms={forms} />;
}

function Form({ endpoint, action, forms, onCancel, onMade }: FormParts & { readonly forms: readonly AuthForm[] }) {
  const [draft, setDraft] = useState(() => draftOf(endpoint));
  const [failure, setFailure] = useState<Failure | undefined>(undefined);
  const { act, busy } = useAct();
  const change = (more: Partial<typeof draft>): void => {
    setFailure(undefined);
    setDraft((last) => ({ ...last, ...more }));
  };
  const send = async (): Promise<void> => {
    const body = bodyOf(draft, forms);
    const refused = setFailure;
    if (endpoint === null) {
      const made = await act(async (client) => await client.createEndpoint({ body }), { refused });
      if (made !== null) onMade(made);
      return;
    }
    const { id } = endpoint;
    const changed = await act(async (client) => await client.updateEndpoint({ id, body }), { refused, done: "Saved" });
    if (changed !== null) onCancel();
  };
  const ready = judgeUrl(draft.url)?.tone !== "bad" && draft.url !== "" && draft.outcomes.length > 0;
  const ofUrl = failure?.code === "refusedUrl" ? failure.detail : undefined;
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <EndpointFields draft={draft} onChange={change} wrong={ofUrl} />
      <AuthFields forms={forms} draft={draft} onChange={change} present={endpoint?.auth ?? null} />
      <FormEnd
        // What is told at the URL is not told again.
        failure={ofUrl === undefined ? failure : undefined}
        busy={busy}
        missing={ready ? null : "A URL and an outcome first"}
        onCancel={onCancel}
      >
        {action}
      </FormEnd>
    </form>
  );
}
