import type { Schemas } from "@sameface/contract/client";
import { useState } from "react";
import { useMay } from "../app/session.tsx";
import { useAct } from "../app/use-act.tsx";
import { Button } from "../kit/button.tsx";
import { Card, Facts } from "../kit/card.tsx";
import { Dialog } from "../kit/dialog.tsx";
import { Field } from "../kit/field.tsx";
import { ClockTime } from "../kit/time.tsx";

interface CustomerParts {
  readonly customer: Schemas["CustomerView"];
  readonly onChanged: () => void;
}

const LOCKS = {
  open: "no: attempts are judged",
  waiting: "for a while, after too many failures",
  stopped: "until somebody unlocks, after too many failures",
} as const;

/** What bars a customer, and how it is lifted. */
export function CustomerAccess({ customer, onChanged }: CustomerParts) {
  const { customerId, block, lock } = customer;
  const [blocking, setBlocking] = useState(false);
  return (
    <Card title="Access">
      <div className="stack">
        <Facts
          items={[
            [
              "Blocked",
              block === null ? (
                "no"
              ) : (
                <span key="b" className="verbatim">
                  {block.reason ?? "yes"}
                </span>
              ),
            ],
            ...(block === null ? [] : [["Since", <ClockTime key="s" at={block.at} />] as const]),
            ["Locked", LOCKS[lock.state]],
            ...(lock.until === null ? [] : [["Until", <ClockTime key="u" at={lock.until} />] as const]),
            ["Failures in a row", lock.consecutiveFailures],
          ]}
        />
        <AccessButtons
          customer={customer}
          onChanged={onChanged}
          onBlock={() => {
            setBlocking(true);
          }}
        />
      </div>
      {blocking ? (
        <BlockCustomer
          customerId={customerId}
          onClose={() => {
            setBlocking(false);
            onChanged();
          }}
        />
      ) : null}
    </Card>
  );
}

function AccessButtons({
  customer: { customerId, block, lock },
  onChanged,
  onBlock,
}: CustomerParts & { readonly onBlock: () => void }) {
  const { act, busy } = useAct();
  const may = useMay("customers:write");
  const shared = { busy, disabled: !may, why: may ? undefined : "Your key may not change customers" };
  const unlock = async (): Promise<void> => {
    await act(async (client) => await client.unlockCustomer({ customerId }), { done: "Unlocked" });
    onChanged();
  };
  const unblock = async (): Promise<void> => {
    await act(async (client) => await client.unblockCustomer({ customerId }), { done: "The block is lifted" });
    onChanged();
  };
  return (
    <div className="row">
      {block === null ? (
        <Button {...shared} icon="block" onPress={onBlock}>
          Block
        </Button>
      ) : (
        <Button {...shared} onPress={() => void unblock()}>
          Unblock
        </Button>
      )}
      <Button
        {...shared}
        icon="lock"
        disabled={!may || lock.consecutiveFailures === 0}
        why={lock.consecutiveFailures === 0 ? "There is no failure to forget" : shared.why}
        onPress={() => void unlock()}
      >
        Unlock
      </Button>
    </div>
  );
}

function BlockCustomer({ customerId, onClose }: { readonly customerId: string; readonly onClose: () => void }) {
  const [reason, setReason] = useState("");
  const { act, busy } = useAct();
  const block = async (): Promise<void> => {
    const done = await act(async (client) => await client.blockCustomer({ customerId, body: { reason } }), {
      done: "Blocked",
    });
    if (done !== null) onClose();
  };
  return (
    <Dialog title={`Block ${customerId}`} onClose={onClose}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          void block();
        }}
      >
        <p className="note">Every attempt is refused from now on (4003), without looking at the face.</p>
        <Field label="Reason" hint="For operators; it is sent to nobody.">
          {(parts) => (
            <input
              {...parts}
              value={reason}
              required
              maxLength={500}
              onChange={(event) => {
                setReason(event.target.value);
              }}
            />
          )}
        </Field>
        <div className="actions">
          <Button onPress={onClose}>Cancel</Button>
          <Button submit kind="danger" busy={busy} disabled={reason.trim() === ""}>
            Block
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
