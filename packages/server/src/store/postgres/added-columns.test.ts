import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { systemClock } from "../../clock.ts";
import {
  addEndpoint,
  claim,
  decide,
  enrol,
  finish,
  mustRead,
  openBench,
  random,
  refOf,
} from "../conformance/bench.fixture.ts";
import { createPostgresStore } from "./create-postgres-store.ts";
import { createTestSchema, needsPostgres } from "./test-database.fixture.ts";

const AT_ONCE = 12;

describe("a node that works while a newer version adds columns (F47)", needsPostgres(), () => {
  it("refuses nothing: statements that were prepared before are prepared anew, on every connection", async () => {
    await using schema = await createTestSchema();
    const store = await createPostgresStore({ url: schema.url, clock: systemClock, random });
    const dispose = async (): Promise<void> => {
      await store.close();
    };
    await using bench = await openBench(async () => await Promise.resolve({ store, dispose }));
    await addEndpoint(bench);
    const ann = refOf("ann");
    await enrol(bench, ann);
    // Reads, writes alone, writes in groups and claims, on as many connections as there are.
    const everything = async (): Promise<void> => {
      await Promise.all(
        Array.from({ length: AT_ONCE }, async (_, n) => {
          await Promise.all([mustRead(bench, ann), decide(bench), enrol(bench, refOf(`customer-${n}`))]);
        }),
      );
      for (const claimed of await claim(bench)) assert.equal(await finish(bench, claimed), "recorded");
    };
    await everything();
    const tables = await schema.sql<{ name: string }>(
      "select tablename as name from pg_tables where schemaname = current_schema()",
    );
    for (const { name } of tables) await schema.sql(`alter table ${name} add column of_a_newer_version text`);
    await everything();
  });
});
