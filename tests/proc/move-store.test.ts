import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, it } from "node:test";
import { startPostgresCluster } from "../support/postgres-cluster.ts";
import { type RecordedRequest, startRecordingReceiver } from "../support/recording-receiver.ts";
import { startServerProcess, temporaryFolder } from "../support/server-process.ts";

const EVENTS = 100_000;
const STILL_DUE = 2_000;
const KEY = "move-test-key-move-test-key-move-test-key";
const MAIN = path.resolve(import.meta.dirname, "../../packages/cli/src/main.ts");

type Row = Record<string, string | number | Uint8Array | null>;

/** Events as the server would have left them, made from one that it made: 100,000 authentications would take minutes. */
function seed(folder: string): readonly string[] {
  const database = new DatabaseSync(path.join(folder, "sameface.db"));
  const like = (table: string): { readonly row: Row; readonly add: (row: Row) => void } => {
    const row = database.prepare(`select * from ${table} where sequence = 1`).get() as Row;
    const names = Object.keys(row);
    const insert = database.prepare(`insert into ${table} (${names.join()}) values (${names.map(() => "?").join()})`);
    return { row, add: (next) => insert.run(...names.map((name) => next[name] ?? null)) };
  };
  const [events, deliveries] = [like("events"), like("deliveries")];
  const due: string[] = [];
  database.exec("begin");
  for (let n = 1; n <= EVENTS; n += 1) {
    const event_id = n.toString(16).padStart(24, "0");
    const sequence = 1_000 + n;
    const body = Buffer.from(JSON.stringify({ ...told(events.row["body"]), customerId: `moved-${n}` }));
    events.add({ ...events.row, event_id, sequence, body });
    const delivery = { ...deliveries.row, delivery_id: `d${event_id.slice(1)}`, event_id, sequence };
    const isDue = n > EVENTS - STILL_DUE;
    deliveries.add(isDue ? { ...delivery, status: "pending", due_at_ms: n, attempts: 0 } : delivery);
    if (isDue) due.push(event_id);
  }
  database.exec(`update feeds set last_sequence = ${1_000 + EVENTS}`);
  database.exec("commit");
  database.close();
  return due;
}

function told(body: unknown): object {
  return JSON.parse(Buffer.from(body as Uint8Array).toString("utf8")) as object;
}

async function migrateStore(env: Readonly<Record<string, string>>): Promise<{ rows: number }> {
  const child = spawn(process.execPath, ["--conditions=@sameface/source", MAIN, "migrate-store", "--json"], {
    env: { PATH: process.env["PATH"] ?? "", ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const chunks: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
  const [code] = (await once(child, "exit")) as [number];
  assert.equal(code, 0);
  return JSON.parse(Buffer.concat(chunks).toString("utf8")) as { rows: number };
}

/** Throws where one id came with two bodies. */
function bodiesById(requests: readonly RecordedRequest[]): ReadonlyMap<string, string> {
  const bodies = new Map<string, string>();
  for (const { id, body } of requests) {
    const text = body.toString("latin1");
    assert.equal(bodies.get(id) ?? text, text, `${id} came with another body`);
    bodies.set(id, text);
  }
  return bodies;
}

describe("a move from SQLite to PostgreSQL", () => {
  it("takes 100,000 events along while their receiver keeps getting them: nothing lost, no id with another body", {
    timeout: 240_000,
  }, async () => {
    await using folder = await temporaryFolder();
    const receiver = await startRecordingReceiver();
    const first = await startServerProcess({ folder: folder.path, key: KEY });
    await first.call("/v1/endpoints", { method: "POST", body: { url: receiver.url } });
    await first.call("/v1/authentications", { method: "POST", body: { customerId: "first", image: "AAAA" } });
    await receiver.until((requests) => requests.length === 1);
    await first.stop();
    const due = seed(folder.path);

    const before = await startServerProcess({ folder: folder.path, key: KEY });
    await receiver.until((requests) => requests.length > 300);
    await before.stop();
    const gotBefore = bodiesById(receiver.requests).size;
    assert.ok(gotBefore < STILL_DUE, "all were delivered before the move: it proves nothing");

    const cluster = await startPostgresCluster();
    const env = { SAMEFACE_DATA: folder.path, SAMEFACE_DATABASE_URL: cluster.url };
    const { rows } = await migrateStore(env);
    assert.ok(rows > 2 * EVENTS);

    const after = await startServerProcess({ folder: folder.path, key: KEY, env });
    await receiver.until((requests) => new Set(requests.map(({ id }) => id)).size === STILL_DUE + 1);
    const bodies = bodiesById(receiver.requests);
    for (const id of due)
      assert.equal((JSON.parse(bodies.get(id) ?? "{}") as Row)["customerId"], `moved-${parseInt(id, 16)}`);
    const next = await after.call("/v1/authentications", {
      method: "POST",
      body: { customerId: "next", image: "AAAA" },
    });
    await receiver.until((requests) => requests.some(({ id }) => id === next.body["eventId"]));
    assert.equal((await after.call("/v1/authentications?customerId=first")).status, 200);
    await after.stop();
    await cluster.close();
    await receiver.close();
  });
});
