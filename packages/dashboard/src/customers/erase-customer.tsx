import type { Schemas } from "@sameface/contract/client";
import { useState } from "react";
import { hrefOf } from "../app/routes.ts";
import { useAct } from "../app/use-act.tsx";
import { LinkButton } from "../kit/button.tsx";
import { Facts } from "../kit/card.tsx";
import { CopyButton } from "../kit/copy-button.tsx";
import { Confirm, Dialog } from "../kit/dialog.tsx";
import { count } from "../kit/format.ts";
import { Banner } from "../kit/states.tsx";

/** Takes a customer out of every table, after their id was typed, and shows the receipt. */
export function EraseCustomer({ customerId, onClose }: { readonly customerId: string; readonly onClose: () => void }) {
  const [receipt, setReceipt] = useState<Schemas["Erased"] | null>(null);
  const { act } = useAct();
  const erase = async (): Promise<void> => {
    const erased = await act(async (client) => await client.eraseCustomer({ customerId }));
    if (erased === null) onClose();
    else setReceipt(erased);
  };
  if (receipt !== null) return <Receipt receipt={receipt} onClose={onClose} />;
  return (
    <Confirm
      title="Erase this customer?"
      action="Erase for good"
      danger
      typed={customerId}
      onConfirm={() => void erase()}
      onClose={onClose}
    >
      Template, events, bodies of deliveries, attempts and captures go; nothing brings them back. A keyed hash stays, so
      that a restored backup is cleaned as well.
    </Confirm>
  );
}

function Receipt({ receipt, onClose }: { readonly receipt: Schemas["Erased"]; readonly onClose: () => void }) {
  const { receiptId, erased } = receipt;
  return (
    <Dialog title="Erased" onClose={onClose}>
      <div className="stack">
        <Banner>Keep the receipt: it names this erasure in the audit, and says nothing of the person.</Banner>
        <div className="secret">
          <code className="wrap" aria-label="receipt">
            {receiptId}
          </code>
          <CopyButton text={receiptId} label="Copy receipt" />
        </div>
        <Facts items={Object.entries(erased).map(([table, rows]) => [table, count(rows)] as const)} />
      </div>
      <div className="actions">
        <LinkButton kind="primary" href={hrefOf("customers")}>
          To the customers
        </LinkButton>
      </div>
    </Dialog>
  );
}
