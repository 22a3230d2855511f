import assert from "node:assert/strict";
import { describe, it } from "node:test";
import pg from "pg";
import { systemClock } from "../../clock.ts";
import { ALL, AUDIT, newDecision, random, refOf, TENANT } from "../conformance/bench.fixture.ts";
import { createPostgresStore } from "./create-postgres-store.ts";
import { createTestSchema, needsPostgres } from "./test-database.fixture.ts";

describe("the feed in PostgreSQL", needsPostgres(), () => {
  it("shows no event whose number is higher than that of one still to be committed, however the commits fall", async () => {
    await using schema = await createTestSchema();
    const store = await createPostgresStore({ url: schema.url, clock: systemClock, random });
    await store.createTenant({ tenantId: TENANT, name: "Tenant A", audit: AUDIT });
    const read = async (after: string | null) => await store.listEvents({ tenantId: TENANT, ...ALL, after });
    const first = newDecision(refOf("first"));
    await store.recordDecision(first);
    const { next } = await read(null);
    // A transaction of another node that has its place in the feed, and does not end.
    const slow = new pg.Client({ connectionString: schema.url });
    await slow.connect();
    await slow.query("begin");
    const place = "update feeds set last_sequence = last_sequence + 1 where tenant_id = $1 returning last_sequence";
    const [row] = (await slow.query<{ last_sequence: string }>(place, [TENANT])).rows;
    const insert = `insert into events (tenant_id, event_id, sequence, outcome, body, test, created_at_ms)
      values ($1, 'slow', $2, 'passed', '\\x7b7d', 0, 1)`;
    await slow.query(insert, [TENANT, row?.last_sequence]);
    // A quicker one that comes after it: it waits for its place until the slow one has ended.
    const quick = newDecision(refOf("quick"));
    let isDone = false;
    const recorded = store.recordDecision(quick).then(() => {
      isDone = true;
    });
    const waiting = "select 1 from pg_stat_activity where wait_event_type = 'Lock' and query like '%feeds%'";
    while ((await schema.sql(waiting)).length === 0);
    assert.deepEqual((await read(next)).items, [], "a reader in between sees neither");
    assert.equal(isDone, false);
    await slow.query("commit");
    await recorded;
    const ids = (await read(next)).items.map((one) => one.eventId);
    assert.deepEqual(ids, ["slow", quick.event.eventId]);
    await slow.end();
    await store.close();
  });
});
