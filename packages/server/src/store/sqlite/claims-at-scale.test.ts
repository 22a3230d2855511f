import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, it } from "node:test";
import { addEndpoint, claim, openBench, TENANT } from "../conformance/bench.fixture.ts";
import { createSqliteStore } from "./create-sqlite-store.ts";

/** Rows as `recordDecision` would leave them, made by SQL alone: 100,000 decisions would take a minute. */
const SEED = `
  with recursive n (i) as (select 1 union all select i + 1 from n where i < 2000)
  insert into events (tenant_id, event_id, sequence, subject, outcome, body, test, created_at_ms)
  select '${TENANT}', 'event-' || i, i, 'subject', 'passed', x'7b7d', 0, 0 from n;
  insert into deliveries (tenant_id, delivery_id, event_id, endpoint_id, sequence, status, attempts, retries_done,
    crashes, due_at_ms, fencing_token, test, created_at_ms, updated_at_ms)
  select '${TENANT}', event_id || '-' || endpoint_id, event_id, endpoint_id, sequence, 'pending', 0, 0, 0, sequence, 0, 0, 0, 0
  from events, endpoints;`;

describe("claims at scale", () => {
  it("hands out 100,000 deliveries to six concurrent workers, each once", async () => {
    const folder = await mkdtemp(join(tmpdir(), "sameface-scale-"));
    await using bench = await openBench(async (world) => {
      const store = await createSqliteStore({ ...world, folder });
      const dispose = async (): Promise<void> => {
        await store.close();
        await rm(folder, { recursive: true });
      };
      return { store, dispose };
    });
    for (let n = 0; n < 50; n += 1) await addEndpoint(bench);
    const database = new DatabaseSync(join(folder, "sameface.db"));
    database.exec(SEED);
    database.close();
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
});
