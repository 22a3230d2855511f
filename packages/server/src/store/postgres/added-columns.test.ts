import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { systemClock } from "../../clock.ts";
import {
  addEndpoint,
  type Bench,
  claim,
  decide,
  enrol,
  finish,
  mustRead,
  openBench,
  random,
  refOf,
} from "../conformance/bench.fixture.ts";
import type { ClaimedDelivery, NextStep } from "../store.ts";
import { createPostgresStore } from "./create-postgres-store.ts";
import { createTestSchema, needsPostgres, type TestSchema } from "./test-database.fixture.ts";

const AT_ONCE = 12;

async function finishOne(bench: Bench, taken: ClaimedDelivery[], next?: NextStep): Promise<void> {
  const claimed = taken.shift();
  if (claimed !== undefined) assert.equal(await finish(bench, claimed, next), "recorded");
}

async function addColumns({ sql }: TestSchema, name: string): Promise<void> {
  const tables = await sql<{ name: string }>(
    "select tablename as name from pg_tables where schemaname = current_schema()",
  );
  for (const table of tables) await sql(`alter table ${table.name} add column newer_${name} text`);
}

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
    // Each alone, so that none profits of what another found.
    const atOnce = async (work: (n: number) => Promise<unknown>): Promise<void> => {
      await Promise.all(Array.from({ length: AT_ONCE }, async (_, n) => await work(n)));
    };
    const taken: ClaimedDelivery[] = [];
    const works: Readonly<Record<string, (n: number) => Promise<unknown>>> = {
      read: async () => await mustRead(bench, ann),
      decide: async () => await decide(bench),
      enrol: async (n) => await enrol(bench, refOf(`customer-${n}`)),
      claim: async () => taken.push(...(await claim(bench, { limit: 2, perEndpoint: 1_000 }))),
      retry: async () => {
        await finishOne(bench, taken, { kind: "retry", afterMs: 0, reason: "x" });
      },
      finish: async () => {
        await finishOne(bench, taken);
      },
    };
    for (const [name, work] of Object.entries(works)) {
      for (let n = 0; n < 4; n += 1) await atOnce(async () => await decide(bench));
      await claim(bench, { limit: 2 }).then((claimed) => taken.push(...claimed));
      await atOnce(work);
      if (name === "retry" || name === "finish")
        taken.push(...(await claim(bench, { limit: AT_ONCE, perEndpoint: 1_000 })));
      await addColumns(schema, name);
      await atOnce(work);
    }
  });
});
