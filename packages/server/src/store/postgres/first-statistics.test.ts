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

/** A pool of one connection, and what it was asked. */
function watched(client: pg.Client): { readonly pool: pg.Pool; readonly asked: readonly Promise<unknown>[] } {
  const asked: Promise<unknown>[] = [];
  const query = async (text: string): Promise<unknown> => {
    const answer = client.query(text);
    asked.push(answer);
    return await answer;
  };
  return { pool: { query } as unknown as pg.Pool, asked };
}

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
    const { pool, asked } = watched(client);
    const stop = gatherFirstStatistics({ pool, clock });
    ring();
    await Promise.all(asked);
    const { rows } = await client.query(
      "select n_distinct from pg_stats where schemaname = current_schema() and tablename = 'events' and attname = 'tenant_id'",
    );
    assert.deepEqual(rows, [{ n_distinct: 1 }]);
    for (let round = 0; round < 10; round += 1) ring();
    await Promise.all(asked);
    assert.deepEqual([asked.length, timers.size], [8, 0]);
    assert.deepEqual((await client.query("show default_statistics_target")).rows, [
      { default_statistics_target: "100" },
    ]);
    stop();
    gatherFirstStatistics({ pool, clock })();
    assert.equal(timers.size, 0);
  });

  it("leave a connection as it was where they can't be gathered", async () => {
    await using schema = await createTestSchema();
    await using stack = new AsyncDisposableStack();
    const client = new pg.Client(connectOptions(schema.url));
    stack.defer(async () => {
      await client.end();
    });
    await client.connect();
    const { clock, ring } = handClock();
    const { pool, asked } = watched(client);
    stack.defer(gatherFirstStatistics({ pool, clock }));
    ring();
    await assert.rejects(async () => await asked[0], /"events" does not exist/);
    const { rows } = await client.query("select 1 as one");
    assert.deepEqual(rows, [{ one: 1 }]);
  });
});
