import type { Schemas } from "@sameface/contract/client";
import { useState } from "react";
import { hrefOf } from "../app/routes.ts";
import { useMay } from "../app/session.tsx";
import { useAct } from "../app/use-act.tsx";
import { go } from "../app/use-place.tsx";
import { Button } from "../kit/button.tsx";
import { Card, Facts } from "../kit/card.tsx";
import { CopyButton } from "../kit/copy-button.tsx";
import { Confirm } from "../kit/dialog.tsx";
import { Banner } from "../kit/states.tsx";
import { ClockTime, Time } from "../kit/time.tsx";
import { OUTCOMES } from "../kit/tones.ts";
import { useNow } from "../kit/use-now.tsx";
import { EditEndpoint } from "./add-endpoint.tsx";
import { countdown } from "./countdown.ts";
import { healthOf } from "./endpoint-health.ts";
import { HealthOverTime } from "./health-over-time.tsx";
import { RotateSecret } from "./rotate-secret.tsx";
import { TestSend } from "./test-send.tsx";

interface EndpointParts {
  readonly endpoint: Schemas["EndpointView"];
  readonly onChanged: () => void;
}

/** Why a button is disabled for who only reads. */
const MAY_NOT = "Your key may not change endpoints";

/** How an endpoint does, what it is, and what can be done with it. */
export function EndpointState({ endpoint, onChanged }: EndpointParts) {
  const { tone, detail } = healthOf(endpoint, useNow());
  return (
    <div className="two">
      <div className="wide">
        <Banner tone={tone === "bad" ? "bad" : tone === "warn" ? "warn" : "info"}>{detail}</Banner>
      </div>
      <div className="stack">
        <HealthOverTime endpointId={endpoint.id} />
        <TestSend endpointId={endpoint.id} />
      </div>
      <div className="stack">
        <Settings endpoint={endpoint} onChanged={onChanged} />
        <Secrets endpoint={endpoint} onChanged={onChanged} />
        <Sending endpoint={endpoint} onChanged={onChanged} />
      </div>
    </div>
  );
}

function Settings({ endpoint, onChanged }: EndpointParts) {
  const [editing, setEditing] = useState(false);
  const may = useMay("endpoints:write");
  const { outcomes, auth, rateLimit, ordered, profile, operator, createdAt, id } = endpoint;
  return (
    <Card
      title="Settings"
      actions={
        <Button
          small
          disabled={!may}
          why={may ? undefined : MAY_NOT}
          onPress={() => {
            setEditing(true);
          }}
        >
          Change
        </Button>
      }
    >
      <Facts
        items={[
          ["Profile", profile],
          ["Receives", operator ? "operator events" : sentOf(outcomes)],
          ["Signing in", auth === null ? "none: signatures alone" : auth.kind],
          ["Rate", rateLimit === null ? "no bound" : `at most ${rateLimit} a second`],
          ["Order", ordered ? "as it happened, for each customer" : "as it comes"],
          ["Added", <ClockTime key="at" at={createdAt} />],
          ["Id", <code key="id">{id}</code>],
        ]}
      />
      {editing ? (
        <EditEndpoint
          endpoint={endpoint}
          onClose={() => {
            setEditing(false);
            onChanged();
          }}
        />
      ) : null}
    </Card>
  );
}

function sentOf(outcomes: Schemas["EndpointView"]["outcomes"]): string {
  return outcomes === null ? "every outcome" : outcomes.map((name) => OUTCOMES[name].label).join(", ");
}

function Secrets({ endpoint, onChanged }: EndpointParts) {
  const [rotating, setRotating] = useState(false);
  const may = useMay("endpoints:write");
  const { publicKey, overlapUntil } = endpoint;
  const left = countdown(overlapUntil === null ? 0 : Date.parse(overlapUntil), useNow());
  return (
    <Card
      title="Secrets"
      actions={
        <Button
          small
          icon="refresh"
          disabled={!may}
          why={may ? undefined : MAY_NOT}
          onPress={() => {
            setRotating(true);
          }}
        >
          Rotate
        </Button>
      }
    >
      <div className="stack">
        {left === null ? null : (
          <Banner tone="warn">
            Rotated: the secrets of before sign beside the new ones for another <b className="number">{left}</b>. Put
            the new one into the receiver until then.
          </Banner>
        )}
        <Facts
          items={[
            ["Secret (v1)", "shown once, when it was made"],
            [
              "Public key (v1a)",
              publicKey === null ? (
                "none"
              ) : (
                <span key="key" className="row">
                  <code className="wrap">{publicKey}</code>
                  <CopyButton text={publicKey} label="Copy public key" />
                </span>
              ),
            ],
          ]}
        />
      </div>
      {rotating ? (
        <RotateSecret
          endpointId={endpoint.id}
          onClose={() => {
            setRotating(false);
            onChanged();
          }}
        />
      ) : null}
    </Card>
  );
}

type Asking = "pause" | "delete" | null;

function Sending({ endpoint, onChanged }: EndpointParts) {
  const { enabled, verified, disabledReason, failingSince, slowedUntil } = endpoint;
  const [asking, setAsking] = useState<Asking>(null);
  return (
    <Card title="Sending">
      <div className="stack">
        <Facts
          items={[
            ["State", enabled ? "enabled" : `disabled (${disabledReason ?? "no reason"})`],
            ["Owner", verified ? "proved" : "not proved yet"],
            ...(failingSince === null ? [] : [["Failing since", <Time key="f" at={failingSince} />] as const]),
            ...(slowedUntil === null ? [] : [["Slowed until", <Time key="s" at={slowedUntil} />] as const]),
          ]}
        />
        <StateButtons endpoint={endpoint} onChanged={onChanged} onAsk={setAsking} />
      </div>
      <Asked
        asking={asking}
        endpoint={endpoint}
        onChanged={onChanged}
        onClose={() => {
          setAsking(null);
        }}
      />
    </Card>
  );
}

function StateButtons({
  endpoint: { id, enabled, disabledReason },
  onChanged,
  onAsk,
}: EndpointParts & { readonly onAsk: (asking: Asking) => void }) {
  const { act, busy } = useAct();
  const may = useMay("endpoints:write");
  const shared = { busy, disabled: !may, why: may ? undefined : MAY_NOT };
  const isStream = disabledReason === "listener";
  const verify = async (): Promise<void> => {
    await act(async (client) => await client.verifyEndpoint({ id }), { done: "It echoed: the endpoint is verified" });
    onChanged();
  };
  const enable = async (): Promise<void> => {
    await act(async (client) => await client.enableEndpoint({ id }), { done: "Enabled: what was held is due" });
    onChanged();
  };
  return (
    <div className="row">
      {isStream ? null : enabled ? (
        <Button
          {...shared}
          icon="pause"
          onPress={() => {
            onAsk("pause");
          }}
        >
          Pause
        </Button>
      ) : (
        <Button {...shared} kind="primary" icon="play" onPress={() => void enable()}>
          Enable
        </Button>
      )}
      {isStream ? null : (
        <Button {...shared} icon="check" onPress={() => void verify()}>
          Verify
        </Button>
      )}
      <Button
        {...shared}
        icon="trash"
        onPress={() => {
          onAsk("delete");
        }}
      >
        Delete
      </Button>
    </div>
  );
}

function Asked({
  asking,
  endpoint: { id },
  onChanged,
  onClose,
}: EndpointParts & { readonly asking: Asking; readonly onClose: () => void }) {
  const { act } = useAct();
  const pause = async (): Promise<void> => {
    onClose();
    await act(async (client) => await client.disableEndpoint({ id }), { done: "Paused: what comes is held" });
    onChanged();
  };
  const remove = async (): Promise<void> => {
    onClose();
    const gone = await act(async (client) => {
      const answer = await client.deleteEndpoint({ id });
      return answer.ok ? { ok: true, body: true } : answer;
    });
    if (gone === true) go(hrefOf("endpoints"));
  };
  if (asking === "pause") {
    return (
      <Confirm title="Pause this endpoint?" action="Pause" onConfirm={() => void pause()} onClose={onClose}>
        Nothing is sent to it until somebody enables it. What comes meanwhile is held for it, and nothing is lost.
      </Confirm>
    );
  }
  return asking === "delete" ? (
    <Confirm
      title="Delete this endpoint?"
      action="Delete"
      danger
      typed="delete"
      onConfirm={() => void remove()}
      onClose={onClose}
    >
      What still waits for it becomes skipped. Its deliveries stay in the log.
    </Confirm>
  ) : null;
}
