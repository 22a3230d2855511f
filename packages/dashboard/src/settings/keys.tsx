import type { Schemas } from "@sameface/contract/client";
import { useState } from "react";
import { List } from "../app/list.tsx";
import { useMay } from "../app/session.tsx";
import { useAct } from "../app/use-act.tsx";
import { usePages } from "../app/use-pages.tsx";
import { Badge } from "../kit/badge.tsx";
import { Button } from "../kit/button.tsx";
import { Card } from "../kit/card.tsx";
import { Confirm } from "../kit/dialog.tsx";
import { Empty } from "../kit/states.tsx";
import type { Column } from "../kit/table.tsx";
import { Time } from "../kit/time.tsx";
import { useNow } from "../kit/use-now.tsx";
import { AddKey } from "./add-key.tsx";
import { keyState } from "./scopes.ts";

type KeyView = Schemas["KeyView"];

const TONES = { live: "good", revoked: "mute", expired: "warn" } as const;
const MAY_NOT = "Your key may not make or revoke keys";

/** Who may call the API. */
export function Keys() {
  const pages = usePages("keys", async (client, after) => await client.listKeys(after));
  const [adding, setAdding] = useState(false);
  const [revoking, setRevoking] = useState<KeyView | null>(null);
  const may = useMay("keys:write");
  const add = (
    <Button
      small
      kind="primary"
      icon="plus"
      disabled={!may}
      why={may ? undefined : MAY_NOT}
      onPress={() => {
        setAdding(true);
      }}
    >
      Make a key
    </Button>
  );
  return (
    <Card title="Keys" flush actions={add}>
      <List
        pages={pages}
        label="Keys"
        columns={columnsOf({ may, nowMs: useNow(), onRevoke: setRevoking })}
        keyOf={({ id }) => id}
        empty={
          <Empty icon="key" title="No key">
            Only the key of the server's own settings is there.
          </Empty>
        }
      />
      {adding ? (
        <AddKey
          onClose={() => {
            setAdding(false);
            pages.reload();
          }}
        />
      ) : null}
      {revoking === null ? null : (
        <RevokeKey
          revoked={revoking}
          onClose={() => {
            setRevoking(null);
            pages.reload();
          }}
        />
      )}
    </Card>
  );
}

function RevokeKey({ revoked, onClose }: { readonly revoked: KeyView; readonly onClose: () => void }) {
  const { act } = useAct();
  const revoke = async (): Promise<void> => {
    await act(async (client) => await client.revokeKey({ id: revoked.id }), { done: "Revoked" });
    onClose();
  };
  return (
    <Confirm title="Revoke this key?" action="Revoke" danger onConfirm={() => void revoke()} onClose={onClose}>
      <b className="verbatim">{revoked.name}</b> is refused from now on, and its sessions end.
    </Confirm>
  );
}

function columnsOf({
  may,
  nowMs,
  onRevoke,
}: {
  readonly may: boolean;
  readonly nowMs: number;
  readonly onRevoke: (key: KeyView) => void;
}): readonly Column<KeyView>[] {
  return [
    { label: "Name", cell: ({ name }) => <span className="verbatim">{name}</span> },
    {
      label: "State",
      cell: (key) => <Badge tone={TONES[keyState(key, nowMs)]}>{keyState(key, nowMs)}</Badge>,
    },
    {
      label: "Scopes",
      cell: ({ scopes }) => (
        <span className="scope-list">
          {scopes.map((scope) => (
            <code key={scope}>{scope}</code>
          ))}
        </span>
      ),
    },
    {
      label: "Last used",
      end: true,
      cell: ({ lastUsedAt }) => (lastUsedAt === null ? "never" : <Time at={lastUsedAt} />),
    },
    { label: "Expires", end: true, cell: ({ expiresAt }) => (expiresAt === null ? "never" : <Time at={expiresAt} />) },
    {
      label: "Actions",
      end: true,
      cell: (key) => {
        const isRoot = key.id.startsWith("root_");
        const why = may ? (isRoot ? "It is set by SAMEFACE_ADMIN_KEY" : undefined) : MAY_NOT;
        return keyState(key, nowMs) === "revoked" ? null : (
          <Button
            small
            disabled={why !== undefined}
            why={why}
            onPress={() => {
              onRevoke(key);
            }}
          >
            Revoke
          </Button>
        );
      },
    },
  ];
}
