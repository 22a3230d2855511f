import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, it } from "node:test";
import {
  addEndpoint,
  type Bench,
  claim,
  claimOne,
  decide,
  finish,
  openBench,
  refOf,
  TENANT,
} from "../conformance/bench.fixture.ts";
import { createSqliteStore } from "./create-sqlite-store.ts";

const ANNA = refOf("anna");

/** Rows as `recordDecision` would leave them, made by SQL alone: 100,000 decisions would take a minute. */
const seedOf = (events: number): string => `
  with recursive n (i) as (select 1 union all select i + 1 from n where i < ${events})
  insert into events (tenant_id, event_id, sequence, subject, outcome, body, test, created_at_ms)
  select '${TENANT}', 'event-' || i, i, 'subject', 'passed', x'7b7d', 0, 0 from n;
  insert into deliveries (tenant_id, delivery_id, event_id, endpoint_id, sequence, status, attempts, retries_done,
    crashes, due_at_ms, fencing_token, test, created_at_ms, updated_at_ms)
  select '${TENANT}', event_id || '-' || endpoint_id, event_id, endpoint_id, sequence, 'pending', 0, 0, 0, sequence, 0, 0, 0, 0
  from events, endpoints;`;

/** A store in which as many events wait for each of as many endpoints. */
async function openFull(size: {
  readonly endpoints: number;
  readonly events: number;
  /** What becomes of the rows, in a database that nobody has analysed since; absent: they wait, and it was analysed. */
  readonly then?: string;
}): Promise<Bench> {
  const folder = await mkdtemp(join(tmpdir(), "sameface-scale-"));
  const bench = await openBench(async (world) => {
    const store = await createSqliteStore({ ...world, folder });
    const dispose = async (): Promise<void> => {
      await store.close();
      await rm(folder, { recursive: true });
    };
    return { store, dispose };
  });
  for (let n = 0; n < size.endpoints; n += 1) await addEndpoint(bench);
  using database = new DatabaseSync(join(folder, "sameface.db"));
  database.exec(`${seedOf(size.events)} ${size.then ?? "analyze;"}`);
  return bench;
}

describe("claims at scale", () => {
  it("hands out 100,000 deliveries to six concurrent workers, each once", async () => {
    await using bench = await openFull({ endpoints: 50, events: 2_000 });
    const seen: string[] = [];
    const work = async (): Promise<void> => {
      for (;;) {
        const claimed = await claim(bench, { limit: 500, perEndpoint: 1_000_000 });
        if (claimed.length === 0) return;
        seen.push(...claimed.map((one) => one.deliveryId));
        assert.equal(new Set(claimed.map((one) => one.endpoint.endpointId)).size, 50);
        assert.ok(claimed.every((one) => one.fencingToken === 1));
      }
    };
    await Promise.all(Array.from({ length: 6 }, work));
    assert.deepEqual([seen.length, new Set(seen).size], [100_000, 100_000]);
  });

  it("free the next of a customer at the same cost however much an ordered endpoint got before", async () => {
    const then = `update deliveries set status = 'delivered', due_at_ms = null, ordered_by = '${ANNA.subject}';
      update endpoints set ordered = 1; insert into feeds select '${TENANT}', max(sequence) from events;`;
    await using few = await openFull({ endpoints: 1, events: 10, then });
    await using many = await openFull({ endpoints: 1, events: 200_000, then });
    const times = new Map<Bench, number>();
    for (let round = 0; round < 12; round += 1) {
      for (const bench of [few, many]) {
        await decide(bench, { ref: ANNA });
        await decide(bench, { ref: ANNA });
        const first = await claimOne(bench);
        const startMs = performance.now();
        await finish(bench, first);
        times.set(bench, Math.min(performance.now() - startMs, times.get(bench) ?? Number.POSITIVE_INFINITY));
        await finish(bench, await claimOne(bench));
      }
    }
    const ratio = (times.get(many) ?? 0) / (times.get(few) ?? 1);
    assert.ok(ratio <= 2, `${ratio} times as much`);
  });

  it("cost no more where a thousand wait for each endpoint than where ten do", async () => {
    await using few = await openFull({ endpoints: 100, events: 10 });
    await using many = await openFull({ endpoints: 100, events: 1_000 });
    const times = new Map<Bench, number>();
    // Turn by turn; the quickest of each is what it costs when nothing else runs.
    for (let round = 0; round < 12; round += 1) {
      for (const bench of [few, many]) {
        const startMs = performance.now();
        assert.equal((await claim(bench, { limit: 10 })).length, 10);
        times.set(bench, Math.min(performance.now() - startMs, times.get(bench) ?? Number.POSITIVE_INFINITY));
      }
    }
    const ratio = (times.get(many) ?? 0) / (times.get(few) ?? 1);
    assert.ok(ratio <= 3, `${ratio} times as much`);
  });
});
