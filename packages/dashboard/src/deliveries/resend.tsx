import type { Schemas } from "@sameface/contract/client";
import { useMay } from "../app/session.tsx";
import { useAct } from "../app/use-act.tsx";
import { Button } from "../kit/button.tsx";

/** Makes a delivery due at once: same id, same bytes. */
export function Resend({
  delivery,
  onDone,
}: {
  readonly delivery: Schemas["DeliveryView"];
  readonly onDone: () => void;
}) {
  const { act, busy } = useAct();
  const may = useMay("deliveries:write");
  const send = async (): Promise<void> => {
    const done = await act(async (client) => await client.retryDelivery({ id: delivery.id }), { done: "Sent again" });
    if (done !== null) onDone();
  };
  return (
    <span className="above">
      <Button
        small
        icon="refresh"
        busy={busy}
        disabled={!may || delivery.status === "inFlight"}
        why={may ? undefined : "Your key may not send again"}
        onPress={() => void send()}
      >
        Resend
      </Button>
    </span>
  );
}
