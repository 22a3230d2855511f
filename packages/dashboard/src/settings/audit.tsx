import { type ApiClient, type Schemas } from "@sameface/contract/client";
import { useState } from "react";
import { List } from "../app/list.tsx";
import { useSession } from "../app/session.tsx";
import { attempt } from "../app/use-answer.tsx";
import { usePages } from "../app/use-pages.tsx";
import { Button } from "../kit/button.tsx";
import { Card } from "../kit/card.tsx";
import { failureWords } from "../kit/failure-words.ts";
import { count } from "../kit/format.ts";
import { Banner, Empty } from "../kit/states.tsx";
import { ClockTime } from "../kit/time.tsx";
import { CHAIN_START, type ChainFinding, checkRows, findingOf } from "./audit-chain.ts";

/** Who did what, and whether the record is whole. */
export function Audit() {
  const pages = usePages("audit", async (client, after) => await client.listAudit(after));
  return (
    <div className="stack">
      <ChainCheck />
      <Card title="Audit" flush>
        <List
          pages={pages}
          label="Audit"
          keyOf={({ sequence }) => String(sequence)}
          empty={
            <Empty icon="info" title="Nothing yet">
              Every change stands here, and is never taken away.
            </Empty>
          }
          columns={[
            { label: "No.", end: true, cell: ({ sequence }) => count(sequence) },
            { label: "When", cell: ({ at }) => <ClockTime at={at} /> },
            { label: "Who", cell: ({ actor }) => <code className="wrap">{actor}</code> },
            { label: "What", cell: ({ action }) => action },
            { label: "To", cell: ({ target }) => <code className="wrap">{target}</code> },
            { label: "Details", cell: ({ details }) => <span className="verbatim small">{detailsOf(details)}</span> },
          ]}
        />
      </Card>
    </div>
  );
}

function detailsOf(details: Schemas["AuditRowView"]["details"]): string {
  const texts = Object.entries(details).map(([name, value]) => `${name}: ${String(value)}`);
  return texts.length === 0 ? "–" : texts.join(", ");
}

type Check = { readonly state: "idle" } | { readonly state: "running"; readonly rows: number } | Ended;
type Ended =
  | { readonly state: "ended"; readonly finding: ChainFinding }
  | { readonly state: "failed"; readonly told: string };

function ChainCheck() {
  const { client } = useSession();
  const [check, setCheck] = useState<Check>({ state: "idle" });
  const run = async (): Promise<void> => {
    setCheck({ state: "running", rows: 0 });
    setCheck(
      await walk(client, (rows) => {
        setCheck({ state: "running", rows });
      }),
    );
  };
  return (
    <Card
      title="The chain"
      actions={
        <Button small icon="check" busy={check.state === "running"} onPress={() => void run()}>
          Check it
        </Button>
      }
    >
      <div className="stack" role="status">
        <p className="note">
          Each row carries a hash over itself and the row before: whoever changes or takes away one breaks all that
          follow. This browser computes them anew.
        </p>
        {check.state === "running" ? <p>{count(check.rows)} rows so far</p> : null}
        {check.state === "failed" ? <Banner tone="bad">{check.told}</Banner> : null}
        {check.state === "ended" ? <Finding finding={check.finding} /> : null}
      </div>
    </Card>
  );
}

function Finding({ finding }: { readonly finding: ChainFinding }) {
  if (finding.kind === "whole") {
    return (
      <Banner>
        <b>Whole:</b> {count(finding.rows)} rows, each what was written. Last hash:{" "}
        <code className="wrap">{finding.hash}</code>
      </Banner>
    );
  }
  return (
    <Banner tone="bad">
      <b>Broken</b> at row {count(finding.sequence)}:{" "}
      {finding.kind === "missing" ? "a row is missing." : "it is not what was written."}
    </Banner>
  );
}

async function walk(client: ApiClient, onProgress: (rows: number) => void): Promise<Ended> {
  // The type says that it is always there; over plain http it is not.
  const subtle = crypto.subtle as SubtleCrypto | undefined;
  if (subtle === undefined) {
    return { state: "failed", told: "Over plain http browsers compute no hash: use `sameface audit verify`." };
  }
  const sha256 = async (text: string): Promise<string> => {
    const bytes = new Uint8Array(await subtle.digest("SHA-256", new TextEncoder().encode(text)));
    return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  };
  let chain = CHAIN_START;
  let after: { readonly after?: string } = {};
  for (;;) {
    const query = { limit: "500", ...after };
    const answer = await attempt(async () => await client.listAudit(query));
    if (!answer.ok) return { state: "failed", told: failureWords(answer.failure) };
    const { items, next, head } = answer.body;
    chain = await checkRows(chain, items, sha256);
    onProgress(chain.rows);
    if (chain.broken !== null || next === null) return { state: "ended", finding: findingOf(chain, head) };
    after = { after: next };
  }
}
