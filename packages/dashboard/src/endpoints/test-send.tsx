import type { Schemas } from "@sameface/contract/client";
import { useEffect, useState } from "react";
import { useMay } from "../app/session.tsx";
import { useAct } from "../app/use-act.tsx";
import { useAnswer } from "../app/use-answer.tsx";
import { Badge } from "../kit/badge.tsx";
import { Button } from "../kit/button.tsx";
import { Card } from "../kit/card.tsx";
import { Field } from "../kit/field.tsx";
import { Select } from "../kit/select.tsx";
import { DELIVERY_STATES } from "../kit/tones.ts";
import { readSamples } from "./auth-schema.ts";
import { Attempts } from "./delivery-dialog.tsx";

const ASKED_EVERY_MS = 700;
const ENDED: readonly string[] = ["delivered", "dead", "skipped", "held", "failing"];

/** Sends a sample, marked as a test, and watches what becomes of it. */
export function TestSend({ endpointId }: { readonly endpointId: string }) {
  const { asked } = useAnswer("samples", async (client) => await client.readOpenApi());
  const samples = asked.state === "ready" ? readSamples(asked.body) : (["passed"] as const);
  const [sample, setSample] = useState<Schemas["TestBody"]["sample"]>("passed");
  const [sent, setSent] = useState<string | null>(null);
  const { act, busy } = useAct();
  const may = useMay("endpoints:write");
  const send = async (): Promise<void> => {
    const made = await act(async (client) => await client.testEndpoint({ id: endpointId, body: { sample } }));
    if (made !== null) setSent(made.id);
  };
  return (
    <Card title="Test send">
      <div className="stack">
        <div className="filters">
          <Field label="Sample">
            {(parts) => (
              <Select
                {...parts}
                value={sample}
                options={samples.map((name) => ({ value: name, label: name }))}
                onChange={setSample}
              />
            )}
          </Field>
          <Button
            icon="send"
            kind="primary"
            busy={busy}
            disabled={!may}
            why={may ? undefined : "Your key may not change endpoints"}
            onPress={() => void send()}
          >
            Send
          </Button>
        </div>
        {sent === null ? (
          <p className="note small">
            Its webhook-id begins with test_, so that a receiver can tell it from a real one.
          </p>
        ) : (
          <Watched key={sent} deliveryId={sent} />
        )}
      </div>
    </Card>
  );
}

function Watched({ deliveryId }: { readonly deliveryId: string }) {
  const { asked, reload } = useAnswer(
    `test ${deliveryId}`,
    async (client) => await client.readDelivery({ id: deliveryId }),
  );
  const status = asked.state === "ready" ? asked.body.status : null;
  const waits = status !== null && !ENDED.includes(status);
  const body = asked.state === "ready" ? asked.body : null;
  useEffect(() => {
    if (!waits) return undefined;
    const timer = setTimeout(reload, ASKED_EVERY_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [waits, reload, body]);
  if (body === null) return null;
  const { tone, label } = DELIVERY_STATES[body.status];
  return (
    <div className="stack tight" role="status">
      <div className="row">
        <Badge tone={tone}>{label}</Badge>
        <span className="faint small verbatim">{body.reason}</span>
      </div>
      <Attempts attempts={body.attemptLog} />
    </div>
  );
}
