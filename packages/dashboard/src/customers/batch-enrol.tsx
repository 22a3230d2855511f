import type { ApiClient } from "@sameface/contract/client";
import { useRef, useState } from "react";
import { useSession } from "../app/session.tsx";
import { attempt } from "../app/use-answer.tsx";
import { Badge } from "../kit/badge.tsx";
import { Button } from "../kit/button.tsx";
import { Dialog } from "../kit/dialog.tsx";
import { failureWords } from "../kit/failure-words.ts";
import { Field } from "../kit/field.tsx";
import { count } from "../kit/format.ts";
import { Banner } from "../kit/states.tsx";
import { Table } from "../kit/table.tsx";
import type { Tone } from "../kit/tones.ts";
import { type BatchResult, chunksOf, customerIdOf, readResults, tallyOf } from "./batch.ts";
import { readBase64 } from "./read-base64.tsx";

/** One line of a batch, read only when its turn comes: many pictures do not stand in memory at once. */
interface BatchItem {
  readonly length: number;
  read(): Promise<string>;
}

interface Run {
  readonly total: number;
  readonly results: readonly BatchResult[];
  readonly state: "running" | "done" | "stopped" | "failed";
  readonly told: string | null;
}

/** Enrols many, from pictures that are named after their customers or from a file of newline JSON. */
export function BatchEnrol({ onClose }: { readonly onClose: () => void }) {
  const [files, setFiles] = useState<readonly File[]>([]);
  const [reference, setReference] = useState("");
  const { run, start, stop } = useBatch();
  const unsigned = needsReferenceOf(files) && reference.trim() === "";
  const missing = files.length === 0 || namelessOf(files).length > 0 || unsigned;
  const begin = async (): Promise<void> => {
    const items = await Promise.all(files.map(async (file) => await itemsOf(file, reference)));
    await start(items.flat());
  };
  return (
    <Dialog title="Enrol many" wide onClose={onClose}>
      <div className="stack">
        <BatchFields files={files} reference={reference} onFiles={setFiles} onReference={setReference} />
        {run === null ? null : <Progress run={run} />}
      </div>
      <div className="actions">
        <Button onPress={onClose}>Close</Button>
        {run?.state === "running" ? (
          <Button onPress={stop}>Stop</Button>
        ) : (
          <Button
            kind="primary"
            disabled={missing}
            why={missing ? "Files and a consent reference first" : undefined}
            onPress={() => void begin()}
          >
            {run === null ? "Enrol all" : "Send again"}
          </Button>
        )}
      </div>
    </Dialog>
  );
}

function BatchFields({
  files,
  reference,
  onFiles,
  onReference,
}: {
  readonly files: readonly File[];
  readonly reference: string;
  readonly onFiles: (files: readonly File[]) => void;
  readonly onReference: (reference: string) => void;
}) {
  const nameless = namelessOf(files);
  return (
    <>
      <p className="note">
        Pictures named after their customers (<code>anna.jpg</code> is <code>anna</code>), or one file of newline JSON
        with <code>customerId</code>, <code>image</code> and <code>consent</code> in each line. Who is enrolled with the
        same picture stays unchanged, so a batch that broke is simply sent again.
      </p>
      <Field label="Files">
        {(parts) => (
          <input
            {...parts}
            type="file"
            multiple
            accept="image/jpeg,image/png,image/webp,.ndjson,.jsonl,.json"
            onChange={(event) => {
              onFiles([...(event.target.files ?? [])]);
            }}
          />
        )}
      </Field>
      {needsReferenceOf(files) ? (
        <Field label="Consent reference" hint="Holds for all of these pictures.">
          {(parts) => (
            <input
              {...parts}
              value={reference}
              maxLength={256}
              onChange={(event) => {
                onReference(event.target.value);
              }}
            />
          )}
        </Field>
      ) : null}
      {nameless.length === 0 ? null : (
        <Banner tone="bad">
          No customer's id: <span className="verbatim">{nameless.map(({ name }) => name).join(", ")}</span>
        </Banner>
      )}
    </>
  );
}

/** Pictures whose name is no customer's id. */
function namelessOf(files: readonly File[]): readonly File[] {
  return files.filter((file) => !isLines(file) && customerIdOf(file.name) === null);
}

function needsReferenceOf(files: readonly File[]): boolean {
  return files.some((file) => !isLines(file));
}

const TONES: Readonly<Record<BatchResult["result"], Tone>> = {
  created: "good",
  replaced: "info",
  unchanged: "mute",
  refused: "bad",
};

function Progress({ run: { total, results, state, told } }: { readonly run: Run }) {
  const refused = results.filter(({ result }) => result === "refused");
  return (
    <div className="stack">
      <progress className="progress" aria-label="Lines done" max={Math.max(1, total)} value={results.length} />
      <div className="tally" role="status">
        <span>
          <b className="number">{count(results.length)}</b> of {count(total)} {state === "running" ? "so far" : state}
        </span>
        {Object.entries(tallyOf(results)).map(([result, times]) => (
          <span key={result} className="row">
            <Badge tone={TONES[result as BatchResult["result"]]}>{result}</Badge>
            {count(times)}
          </span>
        ))}
      </div>
      {told === null ? null : <Banner tone="bad">{told}</Banner>}
      {refused.length === 0 ? null : (
        <Table
          label="Refused lines"
          rows={refused}
          keyOf={({ line }) => String(line)}
          columns={[
            { label: "Line", cell: ({ line }) => line },
            { label: "Customer", cell: ({ customerId }) => <span className="mono">{customerId ?? "–"}</span> },
            { label: "Why", cell: ({ detail, code }) => <span className="verbatim">{detail ?? code}</span> },
          ]}
        />
      )}
    </div>
  );
}

function useBatch(): {
  readonly run: Run | null;
  readonly start: (items: readonly BatchItem[]) => Promise<void>;
  readonly stop: () => void;
} {
  const { client } = useSession();
  const [run, setRun] = useState<Run | null>(null);
  const ended = useRef(new AbortController());
  const start = async (items: readonly BatchItem[]): Promise<void> => {
    const { signal } = (ended.current = new AbortController());
    let now: Run = { total: items.length, results: [], state: "running", told: null };
    setRun(now);
    for (const [from, to] of chunksOf(items.map(({ length }) => length))) {
      const answer = await sendChunk(client, items.slice(from, to));
      now = answer.ok
        ? { ...now, results: [...now.results, ...readResults(answer.body, from)] }
        : { ...now, state: "failed", told: failureWords(answer.failure) };
      if (signal.aborted && now.state === "running") now = { ...now, state: "stopped" };
      setRun(now);
      if (now.state !== "running") return;
    }
    setRun({ ...now, state: "done" });
  };
  return {
    run,
    start,
    stop: () => {
      ended.current.abort();
    },
  };
}

async function sendChunk(client: ApiClient, items: readonly BatchItem[]) {
  const lines = await Promise.all(items.map(async (item) => await item.read()));
  return await attempt(async () => await client.enrolCustomers({ body: lines.join("\n") }));
}

function isLines(file: File): boolean {
  return /\.(ndjson|jsonl|json)$/i.test(file.name);
}

/** base64 is a third longer than its bytes. */
const GROWTH = 4 / 3;

async function itemsOf(file: File, reference: string): Promise<readonly BatchItem[]> {
  if (!isLines(file)) {
    const customerId = customerIdOf(file.name);
    const consent = { reference };
    const read = async () => JSON.stringify({ customerId, image: await readBase64(file), consent });
    return [{ length: Math.ceil(file.size * GROWTH), read }];
  }
  const lines = (await file.text()).split("\n").filter((line) => line.trim() !== "");
  return lines.map((line) => ({ length: line.length, read: async () => await Promise.resolve(line) }));
}
