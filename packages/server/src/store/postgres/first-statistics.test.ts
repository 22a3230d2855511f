import assert from "node:assert/strict";
import { describe, it } from "node:test";
import pg from "pg";
import { systemClock } from "../../clock.ts";
import { handClock } from "../../hand-clock.fixture.ts";
import { AUDIT, newDecision, random, refOf, TENANT } from "../conformance/bench.fixture.ts";
import { connectOptions } from "./connect-options.ts";
import { createPostgresStore } from "./create-postgres-store.ts";
import { gatherFirstStatistics } from "./first-statistics.ts";
import { createTestSchema, needsPostgres } from "./test-database.fixture.ts";

describe("statistics of a new schema", needsPostgres(), () => {
  it("are gathered as its first rows come, and no more once it is stopped", async () => {
    await using schema = await createTestSchema();
    const store = await createPostgresStore({ url: schema.url, clock: systemClock, random });
    await store.createTenant({ tenantId: TENANT, name: "Tenant A", audit: AUDIT });
    await Promise.all(
      Array.from({ length: 20 }, async (_, n) => await store.recordDecision(newDecision(refOf(`customer-${n}`)))),
    );
    await store.close();
    await using stack = new AsyncDisposableStack();
    const client = new pg.Client(connectOptions(schema.url));
    stack.defer(async () => {
      await client.end();
    });
    await client.connect();
    const { clock, timers, ring } = handClock();
    const asked: Promise<unknown>[] = [];
    const pool = {
      query: async (text: string) => {
        const answer = client.query(text);
        asked.push(answer);
        return await answer;
      },
    };
    const stop = gatherFirstStatistics({ pool: pool as unknown as pg.Pool, clock });
    ring();
    await Promise.all(asked);
    const { rows } = await client.query(
      "select n_distinct from pg_stats where schemaname = current_schema() and tablename = 'events' and attname = 'tenant_id'",
    );
    assert.deepEqual(rows, [{ n_distinct: 1 }]);
    for (let round = 0; round < 10; round += 1) ring();
    await Promise.all(asked);
    assert.deepEqual([asked.length, timers.size], [8, 0]);
    stop();
    gatherFirstStatistics({ pool: pool as unknown as pg.Pool, clock })();
    assert.equal(timers.size, 0);
  });
});
