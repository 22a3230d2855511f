import assert from "node:assert/strict";
import { describe, it } from "node:test";
import pg from "pg";
import { inTransactionOn } from "./in-transaction.ts";
import { createTestSchema, needsPostgres } from "./test-database.fixture.ts";

describe("inTransactionOn", needsPostgres(), () => {
  it("changes several tables again after it met a node that is at work in a circle", async () => {
    await using schema = await createTestSchema();
    await schema.sql("create table first (id int); create table second (id int)");
    const client = new pg.Client({ connectionString: schema.url });
    await client.connect();
    // The circle is noticed here, not at the node.
    await client.query("set deadlock_timeout = '20ms'");
    // A node that has read of the second table and goes on to the first.
    await schema.sql("begin");
    await schema.sql("select * from second");
    let tries = 0;
    await inTransactionOn(client, async () => {
      tries += 1;
      await client.query("alter table first add column later text");
      const changed = client.query("alter table second add column later text");
      if (tries > 1) {
        await changed;
        return;
      }
      const [mine, theirs] = await Promise.allSettled([changed, schema.sql("select * from first")]);
      await schema.sql(theirs.status === "fulfilled" ? "commit" : "rollback");
      if (mine.status === "rejected") throw mine.reason;
    });
    const columns = await schema.sql<{ name: string }>(
      "select column_name as name from information_schema.columns where table_schema = current_schema() and column_name = 'later'",
    );
    await client.end();
    assert.deepEqual([tries, columns.length], [2, 2]);
  });

  it("does not try again what fails for another reason, and leaves nothing of it", async () => {
    await using schema = await createTestSchema();
    const client = new pg.Client({ connectionString: schema.url });
    await client.connect();
    let tries = 0;
    const work = async (): Promise<void> => {
      tries += 1;
      await client.query("create table first (id int)");
      await client.query("select * from nowhere");
    };
    await assert.rejects(inTransactionOn(client, work), { code: "42P01" });
    const tables = await schema.sql("select 1 from pg_tables where schemaname = current_schema()");
    await client.end();
    assert.deepEqual([tries, tables.length], [1, 0]);
  });
});
