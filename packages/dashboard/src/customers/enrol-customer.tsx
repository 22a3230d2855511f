import type { Schemas } from "@sameface/contract/client";
import { useState } from "react";
import { hrefOf } from "../app/routes.ts";
import { useSession } from "../app/session.tsx";
import { useAct } from "../app/use-act.tsx";
import { attempt } from "../app/use-answer.tsx";
import { Button, LinkButton } from "../kit/button.tsx";
import { Dialog } from "../kit/dialog.tsx";
import { Field } from "../kit/field.tsx";
import { FormEnd } from "../kit/form-end.tsx";
import { Select } from "../kit/select.tsx";
import { Banner, type Failure } from "../kit/states.tsx";
import { isCustomerId } from "./batch.ts";
import { type Picture, PictureSource } from "./picture-source.tsx";
import { readBase64 } from "./read-base64.tsx";

/** Enrols a face. `customerId` `null`: of somebody who is named in the form. */
export function EnrolCustomer({
  customerId,
  onClose,
}: {
  readonly customerId: string | null;
  readonly onClose: () => void;
}) {
  const [enrolled, setEnrolled] = useState<Schemas["Enrolled"] | null>(null);
  return (
    <Dialog title={customerId === null ? "Enrol a customer" : `Enrol ${customerId} again`} onClose={onClose}>
      {enrolled === null ? (
        <EnrolForm customerId={customerId} onCancel={onClose} onEnrolled={setEnrolled} />
      ) : (
        <Done enrolled={enrolled} onClose={onClose} />
      )}
    </Dialog>
  );
}

const MODES = [
  { value: "replace", label: "in place of what is on record" },
  { value: "add", label: "beside what is on record" },
] as const;
type Mode = (typeof MODES)[number]["value"];

const FIRST = "An id, a consent reference and a picture first";

function EnrolForm({
  customerId,
  onCancel,
  onEnrolled,
}: {
  readonly customerId: string | null;
  readonly onCancel: () => void;
  readonly onEnrolled: (enrolled: Schemas["Enrolled"]) => void;
}) {
  const { draft, change, known, failure, busy, send } = useEnrolment(customerId, onEnrolled);
  const { id, reference, mode, picture } = draft;
  const ready = isCustomerId(id) && reference.trim() !== "" && picture !== null;
  const replaces = known === id && id !== "";
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      {customerId === null ? (
        <TextField
          label="Customer id"
          value={id}
          onChange={(text) => {
            change({ id: text });
          }}
          hint="Your own id of the person: letters, digits, - and _."
        />
      ) : null}
      <TextField
        label="Consent reference"
        value={reference}
        onChange={(text) => {
          change({ reference: text });
        }}
        hint="Where the person's consent stands, for example a document number. Without it nobody is enrolled."
      />
      {replaces ? (
        <ModeChoice
          told={customerId === null ? `${id} is enrolled already. Choose what becomes of that.` : null}
          mode={mode}
          onChange={(next) => {
            change({ mode: next });
          }}
        />
      ) : null}
      <PictureSource
        picture={picture}
        onPicture={(next) => {
          change({ picture: next });
        }}
      />
      <FormEnd failure={failure} busy={busy} missing={ready ? null : FIRST} onCancel={onCancel}>
        {busy ? "Measuring" : "Enrol"}
      </FormEnd>
    </form>
  );
}

function ModeChoice({
  told,
  mode,
  onChange,
}: {
  readonly told: string | null;
  readonly mode: Mode;
  readonly onChange: (mode: Mode) => void;
}) {
  return (
    <>
      {told === null ? null : <Banner tone="warn">{told}</Banner>}
      <Field label="The new picture stands">
        {(parts) => <Select {...parts} value={mode} options={MODES} onChange={onChange} />}
      </Field>
    </>
  );
}

interface Draft {
  readonly id: string;
  readonly reference: string;
  readonly mode: Mode;
  readonly picture: Picture | null;
}

function useEnrolment(customerId: string | null, onEnrolled: (enrolled: Schemas["Enrolled"]) => void) {
  const [draft, setDraft] = useState<Draft>({ id: customerId ?? "", reference: "", mode: "replace", picture: null });
  const [failure, setFailure] = useState<Failure | undefined>(undefined);
  // Who is known to be enrolled already.
  const [known, setKnown] = useState<string | null>(customerId);
  const { act, busy } = useAct();
  const { client } = useSession();
  const change = (more: Partial<Draft>): void => {
    setFailure(undefined);
    setDraft((last) => ({ ...last, ...more }));
  };
  const send = async (): Promise<void> => {
    const { id, reference, mode, picture } = draft;
    if (picture === null) return;
    setFailure(undefined);
    // An enrolment replaces all that is on record: who is there already is not replaced by a slip of the pen.
    if (known !== id && (await attempt(async () => await client.readCustomer({ customerId: id }))).ok) {
      setKnown(id);
      return;
    }
    const body = { image: await readBase64(picture.blob), consent: { reference } };
    const adds = mode === "add" && known === id;
    const made = await act(
      async (by) =>
        adds ? await by.addTemplate({ customerId: id, body }) : await by.enrolCustomer({ customerId: id, body }),
      { refused: setFailure },
    );
    if (made !== null) onEnrolled(made);
  };
  return { draft, change, known, failure, busy, send };
}

function TextField({
  label,
  hint,
  value,
  onChange,
}: {
  readonly label: string;
  readonly hint: string;
  readonly value: string;
  readonly onChange: (text: string) => void;
}) {
  return (
    <Field label={label} hint={hint}>
      {(parts) => (
        <input
          {...parts}
          value={value}
          required
          maxLength={256}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => {
            onChange(event.target.value);
          }}
        />
      )}
    </Field>
  );
}

function Done({ enrolled, onClose }: { readonly enrolled: Schemas["Enrolled"]; readonly onClose: () => void }) {
  const { customerId, quality } = enrolled;
  return (
    <div className="stack">
      <Banner>
        <b className="verbatim">{customerId}</b> is enrolled. The picture was measured and is not kept.
      </Banner>
      {quality.hints.length === 0 ? null : (
        <div className="stack tight">
          <p className="note">A better picture would make fewer refusals of the right person:</p>
          <ul className="stack tight">
            {quality.hints.map((hint) => (
              <li key={hint} className="verbatim">
                {hint}
              </li>
            ))}
          </ul>
        </div>
      )}
      <div className="actions">
        <LinkButton href={hrefOf("customers", customerId)}>Open the customer</LinkButton>
        <Button kind="primary" onPress={onClose}>
          Done
        </Button>
      </div>
    </div>
  );
}
