import { useState } from "react";
import { useAct } from "../app/use-act.tsx";
import { Button } from "../kit/button.tsx";
import { Dialog } from "../kit/dialog.tsx";
import { Field } from "../kit/field.tsx";
import { SecretOnce } from "../kit/secret-once.tsx";
import { Select } from "../kit/select.tsx";

const OVERLAPS = [
  { value: "86400", label: "24 hours" },
  { value: "3600", label: "1 hour" },
  { value: "604800", label: "7 days" },
  { value: "0", label: "none: the old secret leaked" },
] as const;

/** New secrets, and how long the old ones sign beside them. */
export function RotateSecret({ endpointId, onClose }: { readonly endpointId: string; readonly onClose: () => void }) {
  const [overlap, setOverlap] = useState<(typeof OVERLAPS)[number]["value"]>("86400");
  const [secret, setSecret] = useState<string | null>(null);
  const { act, busy } = useAct();
  const rotate = async (): Promise<void> => {
    const body = { overlapSeconds: Number(overlap) };
    const made = await act(async (client) => await client.rotateEndpointSecret({ id: endpointId, body }));
    if (made !== null) setSecret(made.secret);
  };
  if (secret !== null) {
    return (
      <Dialog title="The new secret" onClose={onClose}>
        <SecretOnce secret={secret} label="secret" onDone={onClose}>
          Shown this once. The public key is new as well.
        </SecretOnce>
      </Dialog>
    );
  }
  return (
    <Dialog title="Rotate the secrets" onClose={onClose}>
      <div className="stack">
        <p className="note">
          While they overlap, every request carries the signatures of the old and the new secret: a receiver that knows
          either goes on working.
        </p>
        <Field label="The old ones sign on for">
          {(parts) => <Select {...parts} value={overlap} options={OVERLAPS} onChange={setOverlap} />}
        </Field>
      </div>
      <div className="actions">
        <Button onPress={onClose}>Cancel</Button>
        <Button kind="primary" busy={busy} onPress={() => void rotate()}>
          Rotate
        </Button>
      </div>
    </Dialog>
  );
}
